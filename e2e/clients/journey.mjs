// The journey of `journeys/test_official_sdks.py` with an official SDK of npm: `node journey.mjs <package> <mode> <endpoint>`.
// It registers itself, prints `authorize <link>` and reads the code from a line of its input; its last line is what it saw, as JSON.
import { createInterface } from "node:readline/promises";

const REDIRECT = "http://127.0.0.1:53682/callback";
const [name, mode, endpoint] = process.argv.slice(2);
const { Client, StreamableHTTPClientTransport, UnauthorizedError } = await sdk(name);

const COMPLETION = {
  ref: { type: "ref/prompt", name: "completable-prompt" },
  argument: { name: "name", value: "A" },
  context: { arguments: { department: "Engineering" } },
};
const told = createInterface({ input: process.stdin });
const lines = told[Symbol.asyncIterator]();
const memory = {};

/** What an app keeps of its registration and its tokens. */
const provider = {
  redirectUrl: REDIRECT,
  clientMetadata: { client_name: `${name} in mode ${mode}`, redirect_uris: [REDIRECT], token_endpoint_auth_method: "none" },
  clientInformation: () => memory.client,
  saveClientInformation: (client) => void (memory.client = client),
  tokens: () => memory.tokens,
  saveTokens: (tokens) => void (memory.tokens = tokens),
  redirectToAuthorization: (link) => console.log(`authorize ${link}`),
  saveCodeVerifier: (verifier) => void (memory.verifier = verifier),
  codeVerifier: () => memory.verifier,
  saveDiscoveryState: (state) => void (memory.discovery = state),
  discoveryState: () => memory.discovery,
};

const client = await connected();
console.log(JSON.stringify(await journey()));
await client.close();
told.close();

/** The second attempt has a token. */
async function connected() {
  for (const isLast of [false, true]) {
    const transport = new StreamableHTTPClientTransport(new URL(endpoint), { authProvider: provider });
    const client = new Client({ name: "journey", version: "1" }, { versionNegotiation: { mode } });
    try {
      await client.connect(transport);
      return client;
    } catch (error) {
      if (isLast || !(error instanceof UnauthorizedError)) throw error;
      const answer = new URL((await lines.next()).value).searchParams;
      await transport.finishAuth(answer.get("code"), answer.get("iss")); // the older one takes the code alone
    }
  }
}

/** The older SDK takes the schema of the result between both. */
function call(params, options) {
  return name === "@modelcontextprotocol/sdk" ? client.callTool(params, undefined, options) : client.callTool(params, options);
}

async function journey() {
  const steps = [];
  const abort = new AbortController();
  const long = { name: "trigger-long-running-operation", arguments: { duration: 60, steps: 60 } };
  const given = call(long, { signal: abort.signal, onprogress: () => abort.abort("enough") });
  const short = { name: "trigger-long-running-operation", arguments: { duration: 0.2, steps: 4 } };
  return {
    cancelled: await given.then(() => false, () => true),
    tools: (await client.listTools()).tools.map((tool) => tool.name).sort(),
    structured: (await call({ name: "get-structured-content", arguments: { location: "Chicago" } })).structuredContent,
    resource: (await client.readResource({ uri: "demo://resource/static/document/features.md" })).contents[0].text,
    prompt: (await client.getPrompt({ name: "simple-prompt" })).messages[0].content.text,
    completion: (await client.complete(COMPLETION)).completion.values,
    progress: await call(short, { onprogress: ({ progress }) => steps.push(progress) }).then(() => steps),
    refusal: (await call({ name: "get-structured-content", arguments: { location: "Atlantis" } })).isError,
  };
}

async function sdk(name) {
  const parts = name === "@modelcontextprotocol/sdk" ? ["/client/index.js", "/client/streamableHttp.js", "/client/auth.js"] : [""];
  const modules = await Promise.all(parts.map((part) => import(name + part)));
  return Object.assign({}, ...modules);
}
