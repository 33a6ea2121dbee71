// The bare proxy on the npm SDK: a stateless JSON transport per request in front, one long-lived client per upstream behind.
// Environment: PORT, UPSTREAMS (comma-separated URLs). No authentication. Calls go to the first upstream, lists are joined.
import http from "node:http";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";

const about = { name: "bench", version: "1" };

const upstreams = await Promise.all(
  process.env.UPSTREAMS.split(",").map(async (url) => {
    const client = new Client(about);
    await client.connect(new StreamableHTTPClientTransport(new URL(url)));
    return client;
  }),
);

async function listTools() {
  const lists = await Promise.all(upstreams.map((client) => client.listTools()));
  const renamed = ({ tools }, number) => tools.map((tool) => ({ ...tool, name: `conn${number}_${tool.name}` }));
  return upstreams.length === 1 ? lists[0] : { tools: lists.flatMap(renamed) };
}

const listener = http.createServer(async (request, response) => {
  const server = new Server(about, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, listTools);
  server.setRequestHandler(CallToolRequestSchema, ({ params }) => upstreams[0].callTool(params));
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined, enableJsonResponse: true });
  response.on("close", () => {
    transport.close();
    server.close();
  });
  await server.connect(transport);
  await transport.handleRequest(request, response);
});
listener.listen(Number(process.env.PORT), "127.0.0.1");
