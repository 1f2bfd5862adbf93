import type { Message } from './case.js';
import type { Conversation } from './conversation.js';

/** The last thing that is known of a conversation, in words. */
export function describeState(conversation: Conversation): string {
  const { close, messages, socket } = conversation;
  if (messages.length > 0) return describeMessage(messages[0]!);
  if (close !== undefined) return describeClose(close);
  return socket.ended ? 'the end of the connection without a close frame' : 'an open connection';
}

export function describeMessage({ type, payload }: Message): string {
  return `a ${type} message of ${payload.length} bytes`;
}

export function describeClose(payload: Buffer): string {
  const code = closeCodeOf(payload);
  return code === 'none' ? 'a close frame without a code' : `a close frame with ${code}`;
}

/** The code in the payload of a close frame. */
export function closeCodeOf(payload: Buffer): number | 'none' {
  return payload.length < 2 ? 'none' : payload.readUInt16BE(0);
}
