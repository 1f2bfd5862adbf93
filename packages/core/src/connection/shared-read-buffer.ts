import { Buffer } from 'node:buffer';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';

/**
 * In bytes. Node reads 64 KiB at once; twice as much is 10 % less for a message of 1 MiB, and one of 64 KiB comes with its
 * header by one read. A connection that is halted within a chunk holds the rest of it.
 */
const READ_SIZE = 131_072;

/**
 * The newest Node whose libuv is known to ask for the buffer only when it reads, at once and into no other until the
 * bytes were handed over. Were a read left to the kernel meanwhile, bytes of two connections would be mixed; so a newer
 * Node goes without until the tests have run on it.
 */
const NEWEST_KNOWN = 26;

/** What a socket calls when bytes stand in the buffer; `this` is the socket. */
export type OnRead = (this: Duplex, length: number, buffer: Buffer) => boolean;

/** Under which symbols a socket keeps what its option `onread` gave. */
interface Slots {
  readonly buffer: symbol;
  readonly callback: symbol;
}

type Internals = Record<symbol, unknown> & {
  readonly _handle?: { useUserBuffer?(buffer: Uint8Array): void } | null;
};

/** Found for the first socket; `null` where Node keeps them otherwise, or a buffer must not be shared. */
let slots: Slots | null | undefined;

/** All plain sockets read into the same: what stands there is gone with the next read of any. */
const readBuffer = Buffer.alloc(READ_SIZE);

/**
 * From here on a plain socket reads into one buffer that all share, and calls `onRead`. Without, Node takes 64 KiB for
 * each read, gives most of it back, wraps the rest and has it collected: 2.5 of the 14.5 µs of a bare TCP echo of 128 B,
 * and a third of it at 16 messages a read.
 *
 * Clients have the documented option `onread` for that; a socket that a server accepted has none, so this gives it what
 * that option would have, which is undocumented. Where anything is not as expected, the socket goes on as a stream.
 * Not with TLS: that can deliver within a write, while another connection is at work on what stands in the buffer.
 */
export function readIntoSharedBuffer(stream: Duplex, onRead: OnRead): void {
  if (!(stream instanceof Socket) || stream instanceof TLSSocket) return;
  // What the stream has already would come after what is read now; and others who listen would hear nothing more.
  if (stream.readableLength > 0 || hasOtherReaders(stream)) return;
  if (slots === undefined)
    slots = canShare(process.platform, process.versions) ? findSlots() : null;
  const internals = stream as unknown as Internals;
  const handle = internals._handle;
  if (slots === null || typeof handle?.useUserBuffer !== 'function') return;
  if (internals[slots.buffer] !== null || internals[slots.callback] !== null) return;
  handle.useUserBuffer(readBuffer);
  internals[slots.buffer] = readBuffer;
  internals[slots.callback] = onRead;
}

function hasOtherReaders(stream: Duplex): boolean {
  return stream.listenerCount('data') > 0 || stream.listenerCount('readable') > 0;
}

/** Whether reads are known to be done at once: see `NEWEST_KNOWN`. On Windows they may be left to the kernel. */
export function canShare(platform: string, versions: Record<string, string | undefined>): boolean {
  const { node = '', bun, deno } = versions;
  if (platform === 'win32' || bun !== undefined || deno !== undefined) return false;
  return Number.parseInt(node, 10) <= NEWEST_KNOWN;
}

/** Asks a socket that is given the option where it has put it: names and order are Node's own affair. */
function findSlots(): Slots | null {
  const given = { buffer: new Uint8Array(1), callback: () => true };
  // The types know the option for `connect` alone.
  const options: object = { onread: given };
  const probe = new Socket(options) as unknown as Internals;
  const symbols = Object.getOwnPropertySymbols(probe);
  const buffer = symbols.find((symbol) => probe[symbol] === given.buffer);
  const callback = symbols.find((symbol) => probe[symbol] === given.callback);
  return buffer === undefined || callback === undefined ? null : { buffer, callback };
}
