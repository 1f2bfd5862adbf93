/*
 * Echoes with libwebsockets, and does what it is told: !close, !ping, !fragments.
 *
 *   echo client CERTIFICATE   one connection for each line of input (its number, URL, subprotocols, and whether to
 *                             compress), one line of output at its end
 *   echo server CERTIFICATE KEY   echoes on every path but /refused; the first line of output has the ports, each
 *                             further one the path of a connection and how it ended
 */
#include <libwebsockets.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FRAGMENT = 16384 };

/* What those get who offer no subprotocol. */
static const char NONE[] = "-";

/* A frame that waits to be written; its bytes stand behind LWS_PRE others. */
struct frame {
  struct frame *next;
  int flags;
  size_t length;
  unsigned char bytes[];
};

struct connection {
  char id[64];
  char *message; /* What has come of it so far. */
  size_t length;
  struct frame *first, **last;
  int closing;
  int code;
  char reason[124];
  char subprotocol[64];
};

static struct lws_context *context;
static int done;

static void enqueue(struct lws *wsi, struct connection *c, int flags, const void *data, size_t length) {
  struct frame *frame = malloc(sizeof *frame + LWS_PRE + length);
  frame->next = NULL;
  frame->flags = flags;
  frame->length = length;
  memcpy(frame->bytes + LWS_PRE, data, length);
  *c->last = frame;
  c->last = &frame->next;
  lws_callback_on_writable(wsi);
}

static void enqueue_text(struct lws *wsi, struct connection *c, int flags, const char *text) {
  enqueue(wsi, c, flags, text, strlen(text));
}

/* In fragments, since its deflate fails on large ones. */
static void enqueue_message(struct lws *wsi, struct connection *c, int opcode, const char *data, size_t length) {
  for (size_t done = 0, size; done < length || done == 0; done += size) {
    size = length - done > FRAGMENT ? FRAGMENT : length - done;
    int flags = (done ? LWS_WRITE_CONTINUATION : opcode) | (done + size < length ? LWS_WRITE_NO_FIN : 0);
    enqueue(wsi, c, flags, data + done, size);
    if (length == 0) break;
  }
}

static void answer(struct lws *wsi, struct connection *c) {
  int binary = lws_frame_is_binary(wsi);
  char *text = c->message;
  if (!binary && !strncmp(text, "!close", 6)) {
    c->closing = 1;
    char *reason = text[6] ? strchr(text + 7, ' ') : NULL;
    if (text[6]) c->code = atoi(text + 7);
    if (reason) snprintf(c->reason, sizeof c->reason, "%s", reason + 1);
    lws_callback_on_writable(wsi);
  } else if (!binary && !strcmp(text, "!ping")) {
    enqueue_text(wsi, c, LWS_WRITE_PING, "postern");
  } else if (!binary && !strcmp(text, "!fragments")) {
    enqueue_text(wsi, c, LWS_WRITE_TEXT | LWS_WRITE_NO_FIN, "frag");
    enqueue_text(wsi, c, LWS_WRITE_CONTINUATION | LWS_WRITE_NO_FIN, "ment");
    enqueue_text(wsi, c, LWS_WRITE_CONTINUATION, "ed");
  } else {
    enqueue_message(wsi, c, binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT, text, c->length);
  }
}

static void receive(struct lws *wsi, struct connection *c, const void *data, size_t length) {
  c->message = realloc(c->message, c->length + length + 1);
  memcpy(c->message + c->length, data, length);
  c->length += length;
  c->message[c->length] = '\0';
  if (!lws_is_final_fragment(wsi) || lws_remaining_packet_payload(wsi)) return;
  answer(wsi, c);
  c->length = 0;
}

static int write_next(struct lws *wsi, struct connection *c) {
  struct frame *frame = c->first;
  if (!frame && c->closing) {
    /* It has no way to send a close frame without a code. */
    if (!c->code) c->code = 1000;
    lws_close_reason(wsi, c->code, (unsigned char *)c->reason, strlen(c->reason));
    return -1;
  }
  if (!frame) return 0;
  int written = lws_write(wsi, frame->bytes + LWS_PRE, frame->length, frame->flags);
  c->first = frame->next;
  if (!c->first) c->last = &c->first;
  free(frame);
  lws_callback_on_writable(wsi);
  return written < 0 ? -1 : 0;
}

static void tell_end(struct connection *c) {
  printf("{\"id\":\"%s\",\"code\":%d,\"reason\":\"%s\",\"subprotocol\":\"%s\"}\n", c->id, c->code ? c->code : 1006, c->reason,
         c->subprotocol);
  fflush(stdout);
  done = 1;
}

static int on_event(struct lws *wsi, enum lws_callback_reasons event, void *user, void *in, size_t length) {
  struct connection *c = user;
  char path[64] = "";
  switch (event) {
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
      lws_hdr_copy(wsi, path, sizeof path, WSI_TOKEN_GET_URI);
      if (!strcmp(path, "/refused")) lws_return_http_status(wsi, 403, NULL);
      return !strcmp(path, "/refused");
    case LWS_CALLBACK_ESTABLISHED:
      memset(c, 0, sizeof *c);
      c->last = &c->first;
      lws_hdr_copy(wsi, c->id, sizeof c->id, WSI_TOKEN_GET_URI);
      if (strcmp(lws_get_protocol(wsi)->name, NONE)) strcpy(c->subprotocol, lws_get_protocol(wsi)->name);
      return 0;
    case LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH:
      lws_hdr_copy(wsi, c->subprotocol, sizeof c->subprotocol, WSI_TOKEN_PROTOCOL);
      return 0;
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
      c->last = &c->first;
      return 0;
    case LWS_CALLBACK_RECEIVE:
    case LWS_CALLBACK_CLIENT_RECEIVE:
      receive(wsi, c, in, length);
      return 0;
    case LWS_CALLBACK_RECEIVE_PONG:
    case LWS_CALLBACK_CLIENT_RECEIVE_PONG:
      enqueue_text(wsi, c, LWS_WRITE_TEXT, "!pong");
      return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
    case LWS_CALLBACK_CLIENT_WRITEABLE:
      return write_next(wsi, c);
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
      c->code = length < 2 ? 1005 : ((unsigned char *)in)[0] << 8 | ((unsigned char *)in)[1];
      if (length > 2) snprintf(c->reason, sizeof c->reason, "%.*s", (int)length - 2, (char *)in + 2);
      return 0;
    case LWS_CALLBACK_CLOSED:
    case LWS_CALLBACK_CLIENT_CLOSED:
      tell_end(c);
      return 0;
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
      printf("{\"id\":\"%s\",\"refused\":%u}\n", c->id, lws_http_client_http_response(wsi));
      fflush(stdout);
      done = 1;
      return 0;
    default:
      return 0;
  }
}

static const struct lws_protocols protocols[] = {
  {NONE, on_event, sizeof(struct connection), 0},
  {"echo.postern", on_event, sizeof(struct connection), 0},
  {NULL, NULL, 0, 0},
};

static const struct lws_extension extensions[] = {
  {"permessage-deflate", lws_extension_callback_pm_deflate, "permessage-deflate; client_max_window_bits"},
  {NULL, NULL, NULL},
};

static void create_context(struct lws_context_creation_info *info) {
  info->options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
  context = lws_create_context(info);
}

static void connect_to(const char *certificate, char *line) {
  struct connection c = {.last = NULL};
  char url[256], subprotocols[256], compression[16];
  const char *scheme, *host, *path;
  int port;
  if (sscanf(line, "%63s %255s %255s %15s", c.id, url, subprotocols, compression) != 4) exit(2);
  if (lws_parse_uri(url, &scheme, &host, &port, &path)) exit(2);
  struct lws_context_creation_info info = {
    .port = CONTEXT_PORT_NO_LISTEN,
    .protocols = protocols,
    .extensions = strcmp(compression, "deflate") ? NULL : extensions,
    .client_ssl_ca_filepath = certificate,
  };
  create_context(&info);
  char rooted[256];
  snprintf(rooted, sizeof rooted, "/%s", path);
  struct lws_client_connect_info to = {
    .context = context,
    .address = host,
    .host = host,
    .port = port,
    .path = rooted,
    .protocol = strcmp(subprotocols, "-") ? subprotocols : NULL,
    .ssl_connection = strcmp(scheme, "wss") ? 0 : LCCSCF_USE_SSL,
    .userdata = &c,
  };
  lws_client_connect_via_info(&to);
  while (!done) lws_service(context, 0);
}

static int run_client(const char *certificate) {
  char line[1024];
  signal(SIGCHLD, SIG_IGN);
  while (fgets(line, sizeof line, stdin)) {
    if (fork()) continue;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    connect_to(certificate, line);
    _exit(0);
  }
  return 0;
}

static int run_server(const char *certificate, const char *key) {
  struct lws_context_creation_info info = {
    .port = 0,
    .iface = "127.0.0.1",
    .protocols = protocols,
    .extensions = extensions,
    /* With IPv6 it would listen on every address. */
    .options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DISABLE_IPV6,
    .vhost_name = "plain",
  };
  create_context(&info);
  int port = lws_get_vhost_listen_port(lws_create_vhost(context, &info));
  info.vhost_name = "secure";
  info.ssl_cert_filepath = certificate;
  info.ssl_private_key_filepath = key;
  int secure_port = lws_get_vhost_listen_port(lws_create_vhost(context, &info));
  printf("{\"port\":%d,\"securePort\":%d}\n", port, secure_port);
  fflush(stdout);
  while (lws_service(context, 0) >= 0);
  return 0;
}

int main(int argc, char **argv) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  lws_set_log_level(LLL_ERR, NULL);
  if (argc == 4 && !strcmp(argv[1], "server")) return run_server(argv[2], argv[3]);
  if (argc == 3 && !strcmp(argv[1], "client")) return run_client(argv[2]);
  return 2;
}
