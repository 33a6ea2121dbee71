// An MCP server behind npm's `oidc-provider`: registration, PKCE, resource indicators, short tokens, rotated refresh tokens.
// `node guarded_server.mjs` with PORT and UPSTREAM (the MCP server's address). `POST /forget` makes every token worthless,
// with `?account=` those of one person; `GET /callers` says who called tools, in order.
// With CLIENTS=documents it takes no registrations: a client's id is the address of the document that describes it.
import { createServer } from "node:http";

import { Provider } from "oidc-provider";

const issuer = `http://127.0.0.1:${process.env.PORT}`;
const resource = `${issuer}/mcp`;
const metadata = `${issuer}/.well-known/oauth-protected-resource/mcp`;
const ACCESS_TOKEN_S = 10;
const knowsByDocument = process.env.CLIENTS === "documents";

const kept = new Map();

/** What oidc-provider keeps, in memory: https://github.com/panva/node-oidc-provider/blob/main/example/my_adapter.js */
class Adapter {
  constructor(kind) {
    this.kind = kind;
  }
  #key(id) {
    return `${this.kind}:${id}`;
  }
  async upsert(id, payload) {
    kept.set(this.#key(id), payload);
  }
  async find(id) {
    return kept.get(this.#key(id));
  }
  async findByUid(uid) {
    return [...kept].find(([key, payload]) => key.startsWith(`${this.kind}:`) && payload.uid === uid)?.[1];
  }
  async consume(id) {
    const payload = kept.get(this.#key(id));
    if (payload) payload.consumed = Math.floor(Date.now() / 1000);
  }
  async destroy(id) {
    kept.delete(this.#key(id));
  }
  async revokeByGrantId(grantId) {
    for (const [key, payload] of kept) if (payload.grantId === grantId) kept.delete(key);
  }
}

const provider = new Provider(issuer, {
  adapter: Adapter,
  scopes: ["openid", "offline_access", "mcp"],
  pkce: { required: () => true },
  rotateRefreshToken: true,
  fetch: (url, { signal, dispatcher, ...options }) => fetch(url, options), // its own refuses loopback, and waits 2.5 s at most
  issueRefreshToken: async () => true,
  ttl: { AccessToken: ACCESS_TOKEN_S, RefreshToken: 3600, Grant: 3600, Session: 3600, Interaction: 600, IdToken: 60 },
  features: {
    registration: { enabled: !knowsByDocument },
    clientIdMetadataDocument: { enabled: knowsByDocument, ack: "draft-02" },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: async () => true,
      getResourceServerInfo: async () => ({ scope: "mcp", audience: resource, accessTokenFormat: "opaque", accessTokenTTL: ACCESS_TOKEN_S }),
    },
  },
});
const authorizationServer = provider.callback();
const refreshes = { count: 0 };
const callers = [];
provider.on("grant.success", (context) => {
  if (context.oidc.params.grant_type === "refresh_token") refreshes.count += 1;
});

createServer((request, response) => {
  const path = request.url.split("?")[0];
  if (path.startsWith("/.well-known/oauth-protected-resource")) {
    json(response, { resource, authorization_servers: [issuer], scopes_supported: ["mcp"] });
  } else if (path === "/forget") {
    const whose = new URL(request.url, issuer).searchParams.get("account");
    for (const [key, { accountId }] of kept)
      if (/^(AccessToken|RefreshToken|Grant):/.test(key) && (whose === null || accountId === whose)) kept.delete(key);
    json(response, {});
  } else if (path === "/refreshes") {
    json(response, refreshes);
  } else if (path === "/callers") {
    json(response, { callers });
  } else if (path === "/mcp") {
    void guarded(request, response);
  } else {
    authorizationServer(request, response);
  }
}).listen(Number(process.env.PORT), "127.0.0.1");

async function guarded(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const token = await provider.AccessToken.find((request.headers.authorization ?? "").replace(/^Bearer /, "") || "none");
  if (!token?.isValid || token.aud !== resource) {
    response.writeHead(401, { "WWW-Authenticate": `Bearer resource_metadata="${metadata}"` }).end();
    return;
  }
  const { authorization, host, connection, "content-length": length, ...headers } = request.headers;
  const body = chunks.length > 0 ? Buffer.concat(chunks) : undefined;
  if (body?.includes('"tools/call"')) callers.push(token.accountId);
  const answer = await fetch(process.env.UPSTREAM, { method: request.method, headers, body });
  const { "content-encoding": encoding, "content-length": size, connection: kind, ...told } = Object.fromEntries(answer.headers);
  response.writeHead(answer.status, told);
  response.end(Buffer.from(await answer.arrayBuffer()));
}

function json(response, body) {
  response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}
