export { defaults } from './defaults.js';

export { open } from './client/open.js';
export { reconnecting, type Reconnecting } from './client/reconnecting.js';
export type { LinkState, ReconnectingOptions, UrlSource } from './client/reconnecting-options.js';
export { isWorthRetrying } from './client/retry-policy.js';
export type { OpenOptions, TlsOptions } from './client/open-options.js';
export type { AcceptOptions, RefuseOptions } from './connection/admission.js';
export type { Agreed } from './connection/agreed.js';
export { broadcast } from './connection/broadcast.js';
export type { Clock } from './connection/clock.js';
export { ConnectionClosedError, type CloseInfo } from './connection/close-info.js';
export type {
  CloseEvent,
  ErrorEvent,
  HandshakeEvent,
  HandshakeSubject,
  MessageEvent,
  OpenEvent,
} from './connection/diagnostics.js';
export type { GuardedMessage, Listener, Message } from './connection/inbox.js';
export type { MessageData } from './connection/message-data.js';
export type { ConnectionOptions } from './connection/options.js';
export { prepare, type PreparedMessage } from './connection/prepared-message.js';
export { relay, type RelayEnd } from './connection/relay.js';
export type {
  CloseOptions,
  ErrorListener,
  OverOptions,
  ReadOptions,
  WriteOptions,
} from './connection/web-socket-options.js';
export { WebSocket, type WebSocketState } from './connection/web-socket.js';
export type { CompressionOptions } from './deflate/compression-options.js';
export { HandshakeError } from './handshake/errors.js';
export type { ExtensionOffer } from './handshake/header-grammar.js';
export { origin, target, type Origins } from './handshake/origin.js';
export type { Refusal } from './handshake/refusal.js';
export type { RequestHead } from './handshake/request-head.js';
export { isUpgrade } from './handshake/server-handshake.js';
export { subprotocols } from './handshake/subprotocol.js';
export { attach, type Attachment, type AttachOptions } from './node/attach.js';
export { serve, type ServeOptions, type WebSocketServer } from './node/serve.js';
export { upgrade } from './node/upgrade.js';
export { CloseCode } from './protocol/close-code.js';
export { PosternError, ProtocolError, StateError, type ErrorCode } from './protocol/errors.js';
export type { Role } from './protocol/protocol.js';
export type { Gatekeeper } from './server/gate.js';
export { clientAddress, type HandshakeRequest } from './server/handshake-request.js';
export { negotiate, type Acceptance, type Negotiation } from './server/negotiate.js';
export type { HandlerOptions } from './server/options.js';
export type { DrainOptions, ServerStats } from './server/registry.js';
