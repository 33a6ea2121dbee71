/* The fast MCP server that every target of the benchmark calls: one thread, epoll, stateless, JSON replies.
 *
 *   upstream PORT TOOLS_DIR legacy|modern       PORT 0: any free port; the port is printed on the first line
 *
 * POST /u/N answers tools/list with TOOLS_DIR/N.json (a JSON array). tools/call returns params.arguments.text.
 * legacy: `initialize` (up to 2025-11-25); `server/discover` is answered 404 + -32601, as a server of that era does.
 * modern: `server/discover` and the result fields of 2026-07-28; no `initialize`.
 * It must never be the bottleneck, so it reads JSON only far enough to answer. It is not a general server.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define REQUEST_BYTES 65536
#define MAX_SOCKETS 4096
#define MAX_LISTS 256
#define MODERN "2026-07-28"

typedef struct { const char *at; size_t len; } Slice;
typedef struct { char *buffer; size_t len; } Connection;

static Connection connections[MAX_SOCKETS];
static Slice tool_lists[MAX_LISTS];
static bool modern;

#define TEXT(literal) ((Slice){literal, sizeof(literal) - 1})
static const Slice NONE = {NULL, 0};

/* ---- JSON, as much as is needed ---- */

static const char *skip_space(const char *at, const char *end) {
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) at++;
    return at;
}

static const char *skip_string(const char *at, const char *end) {
    for (at++; at < end; at++) {
        if (*at == '\\') at++;
        else if (*at == '"') return at + 1;
    }
    return end;
}

static const char *skip_value(const char *at, const char *end) {
    if (at >= end) return end;
    if (*at == '"') return skip_string(at, end);
    if (*at == '{' || *at == '[') {
        for (int depth = 0; at < end;) {
            if (*at == '"') { at = skip_string(at, end); continue; }
            if (*at == '{' || *at == '[') depth++;
            if ((*at == '}' || *at == ']') && --depth == 0) return at + 1;
            at++;
        }
        return end;
    }
    while (at < end && !strchr(",}] \n\r\t", *at)) at++;
    return at;
}

/* The raw value of `key` in the JSON object `object`; NONE when there is none. */
static Slice member(Slice object, const char *key) {
    if (!object.at) return NONE;
    const char *end = object.at + object.len, *at = skip_space(object.at, end);
    size_t wanted = strlen(key);
    if (at >= end || *at++ != '{') return NONE;
    for (;;) {
        at = skip_space(at, end);
        if (at >= end || *at != '"') return NONE;
        const char *name = at + 1;
        at = skip_string(at, end);
        size_t len = (size_t)(at - 1 - name);
        at = skip_space(at, end);
        if (at >= end || *at != ':') return NONE;
        const char *value = skip_space(at + 1, end);
        at = skip_value(value, end);
        if (len == wanted && !memcmp(name, key, len)) return (Slice){value, (size_t)(at - value)};
        at = skip_space(at, end);
        if (at >= end || *at++ != ',') return NONE;
    }
}

static bool equals(Slice json_string, const char *text) {
    size_t len = strlen(text);
    return json_string.len == len + 2 && !memcmp(json_string.at + 1, text, len);
}

/* ---- answers ---- */

static void send_all(int fd, const char *at, size_t len) {
    while (len) {
        ssize_t written = write(fd, at, len);
        if (written > 0) { at += written; len -= (size_t)written; continue; }
        if (errno != EAGAIN) return; /* the peer has gone; its socket is closed by the next read */
        struct pollfd writable = {.fd = fd, .events = POLLOUT};
        poll(&writable, 1, 1000);
    }
}

/* Send the parts one after another as one JSON body. */
static void answer(int fd, const char *status, int count, const Slice *parts) {
    static char *out;
    static size_t capacity;
    size_t body = 0;
    for (int i = 0; i < count; i++) body += parts[i].len;
    if (capacity < body + 256) out = realloc(out, capacity = body + 4096);
    int head = snprintf(out, 256, "HTTP/1.1 %s\r\ncontent-type: application/json\r\ncontent-length: %zu\r\n\r\n", status, body);
    char *at = out + head;
    for (int i = 0; i < count; i++) at = mempcpy(at, parts[i].at, parts[i].len);
    send_all(fd, out, (size_t)(at - out));
}

static void answer_result(int fd, Slice id, Slice before, Slice middle, Slice after) {
    Slice close = modern ? TEXT(",\"resultType\":\"complete\"}}") : TEXT("}}");
    Slice parts[] = {TEXT("{\"jsonrpc\":\"2.0\",\"id\":"), id, TEXT(",\"result\":{"), before, middle, after, close};
    answer(fd, "200 OK", 7, parts);
}

static void answer_unknown_method(int fd, Slice id) {
    Slice error = TEXT(",\"error\":{\"code\":-32601,\"message\":\"Method not found\"}}");
    Slice parts[] = {TEXT("{\"jsonrpc\":\"2.0\",\"id\":"), id, error};
    answer(fd, "404 Not Found", 3, parts);
}

static Slice tool_list(Slice path) {
    unsigned long number = path.len > 3 && !memcmp(path.at, "/u/", 3) ? strtoul(path.at + 3, NULL, 10) : 0;
    return number < MAX_LISTS && tool_lists[number].at ? tool_lists[number] : TEXT("[]");
}

static void serve(int fd, Slice path, Slice body) {
    Slice id = member(body, "id"), method = member(body, "method"), params = member(body, "params");
    Slice cacheable = modern ? TEXT(",\"ttlMs\":60000,\"cacheScope\":\"public\"") : TEXT("");
    if (!id.at) {
        answer(fd, "202 Accepted", 0, NULL);
    } else if (equals(method, "tools/call")) {
        Slice text = member(member(params, "arguments"), "text");
        if (!text.at) text = TEXT("\"ok\"");
        answer_result(fd, id, TEXT("\"content\":[{\"type\":\"text\",\"text\":"), text, TEXT("}],\"isError\":false"));
    } else if (equals(method, "tools/list")) {
        answer_result(fd, id, TEXT("\"tools\":"), tool_list(path), cacheable);
    } else if (equals(method, "server/discover") && modern) {
        Slice found = TEXT("\"supportedVersions\":[\"" MODERN "\"],\"capabilities\":{\"tools\":{}},"
                           "\"_meta\":{\"io.modelcontextprotocol/serverInfo\":{\"name\":\"bench-upstream\",\"version\":\"1\"}}");
        answer_result(fd, id, found, cacheable, TEXT(""));
    } else if (equals(method, "initialize") && !modern) {
        Slice asked = member(params, "protocolVersion");
        Slice agreed = !asked.at || equals(asked, MODERN) ? TEXT("\"2025-11-25\"") : asked;
        Slice about = TEXT(",\"capabilities\":{\"tools\":{\"listChanged\":false}},"
                           "\"serverInfo\":{\"name\":\"bench-upstream\",\"version\":\"1\"}");
        answer_result(fd, id, TEXT("\"protocolVersion\":"), agreed, about);
    } else if (equals(method, "ping") && !modern) {
        answer_result(fd, id, TEXT(""), TEXT(""), TEXT(""));
    } else {
        answer_unknown_method(fd, id);
    }
}

/* ---- HTTP ---- */

/* Serve the first complete request in the buffer. Returns its size, 0 when it is not complete yet, -1 to close. */
static ssize_t serve_one(int fd, Connection *c) {
    c->buffer[c->len] = 0;
    char *head_end = memmem(c->buffer, c->len, "\r\n\r\n", 4);
    if (!head_end) return c->len >= REQUEST_BYTES ? -1 : 0;
    *head_end = 0; /* so that strcasestr stays inside the head; not read again */
    size_t head = (size_t)(head_end - c->buffer) + 4;
    char *length = strcasestr(c->buffer, "\r\ncontent-length:");
    size_t body = length ? strtoul(length + strlen("\r\ncontent-length:"), NULL, 10) : 0;
    bool chunked = strcasestr(c->buffer, "\r\ntransfer-encoding:") != NULL;
    char *path = strchr(c->buffer, ' '), *path_end = path ? strchr(path + 1, ' ') : NULL;
    *head_end = '\r';
    if (chunked || !path_end || body >= REQUEST_BYTES - head) return -1;
    if (c->len < head + body) return 0;
    if (!memcmp(c->buffer, "POST ", 5)) {
        serve(fd, (Slice){path + 1, (size_t)(path_end - path - 1)}, (Slice){c->buffer + head, body});
    } else {
        answer(fd, "405 Method Not Allowed", 0, NULL);
    }
    return (ssize_t)(head + body);
}

static bool read_and_serve(int fd) {
    Connection *c = &connections[fd];
    ssize_t got = read(fd, c->buffer + c->len, REQUEST_BYTES - c->len);
    if (got < 0 && errno == EAGAIN) return true;
    if (got <= 0) return false;
    c->len += (size_t)got;
    while (c->len) {
        ssize_t used = serve_one(fd, c);
        if (used < 0) return false;
        if (used == 0) break;
        memmove(c->buffer, c->buffer + used, c->len -= (size_t)used);
    }
    return true;
}

static void accept_all(int listener, int epoll) {
    int fd, yes = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        if (fd >= MAX_SOCKETS) { close(fd); continue; }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        if (!connections[fd].buffer) connections[fd].buffer = malloc(REQUEST_BYTES + 1);
        connections[fd].len = 0;
        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &(struct epoll_event){.events = EPOLLIN, .data.fd = fd});
    }
}

/* ---- start ---- */

static int listen_on(unsigned short port) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), yes = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 1024)) { perror("listen"); exit(1); }
    getsockname(listener, (struct sockaddr *)&address, &size);
    printf("%u\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

static void load_tool_lists(const char *directory) {
    char path[4096];
    for (int i = 0; i < MAX_LISTS; i++) {
        snprintf(path, sizeof path, "%s/%d.json", directory, i);
        FILE *file = fopen(path, "rb");
        if (!file) return;
        char *text = NULL;
        size_t size = 0;
        ssize_t len = getdelim(&text, &size, 0, file);
        fclose(file);
        if (len > 0) tool_lists[i] = (Slice){text, (size_t)len};
    }
}

int main(int argc, char **argv) {
    if (argc != 4) { fprintf(stderr, "usage: %s PORT TOOLS_DIR legacy|modern\n", argv[0]); return 2; }
    modern = !strcmp(argv[3], "modern");
    load_tool_lists(argv[2]);
    int listener = listen_on((unsigned short)atoi(argv[1])), epoll = epoll_create1(0);
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &(struct epoll_event){.events = EPOLLIN, .data.fd = listener});
    for (struct epoll_event ready[256];;) {
        int count = epoll_wait(epoll, ready, 256, -1);
        for (int i = 0; i < count; i++) {
            int fd = ready[i].data.fd;
            if (fd == listener) accept_all(listener, epoll);
            else if (!read_and_serve(fd)) close(fd);
        }
    }
}
