import type { Buffer } from 'node:buffer';
import type { Duplex } from 'node:stream';

import { readIntoSharedBuffer } from './shared-read-buffer.js';

/** Who hears what a stream says. */
export interface StreamListener {
  /** `lent`: only the first so many bytes of `chunk` have come, and it is another connection's after the call. */
  receive(chunk: Buffer, lent?: number): void;
  onStreamDrain(): void;
  onStreamEnd(): void;
  onStreamClose(): void;
  onStreamError(error: Error): void;
}

const kListener = Symbol('postern.listener');

type HeardDuplex = Duplex & { [kListener]?: StreamListener };

/**
 * From here on an error of `stream` is heard: without a listener it would end the process.
 * The functions below are shared by all connections, which find themselves on their stream: no closure for each.
 */
export function hearErrors(stream: Duplex, listener: StreamListener): void {
  (stream as HeardDuplex)[kListener] = listener;
  stream.on('error', onError);
}

/** From here on everything else is heard too; the stream begins to flow unless it was paused. */
export function hearAll(stream: Duplex): void {
  readIntoSharedBuffer(stream, onRead);
  stream.on('data', onData).on('drain', onDrain).on('end', onEnd).on('close', onClose);
}

function onRead(this: HeardDuplex, length: number, buffer: Buffer): boolean {
  this[kListener]!.receive(buffer, length);
  // `false` would stop the reading.
  return true;
}

function onData(this: HeardDuplex, chunk: Buffer): void {
  this[kListener]!.receive(chunk);
}

function onDrain(this: HeardDuplex): void {
  this[kListener]!.onStreamDrain();
}

function onEnd(this: HeardDuplex): void {
  this[kListener]!.onStreamEnd();
}

function onClose(this: HeardDuplex): void {
  this[kListener]!.onStreamClose();
}

function onError(this: HeardDuplex, error: Error): void {
  this[kListener]!.onStreamError(error);
}
