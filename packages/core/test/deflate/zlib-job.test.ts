import { createDeflateRaw, createInflateRaw, deflateRawSync } from 'node:zlib';

import { describe, expect, test } from 'vitest';

import { Deflater } from '../../src/deflate/deflater.js';
import { Inflater } from '../../src/deflate/inflater.js';
import { JobQueue, zlibQueue } from '../../src/deflate/job-queue.js';
import { joined, ZlibJob, type Task } from '../../src/deflate/zlib-job.js';
import { noise } from './support/noise.js';

const LIMIT = 1_048_576;

/** Deflates `input` to a whole raw stream. */
function task(input: Buffer, overrides: Partial<Task> = {}): Task {
  let begun = false;
  return {
    limit: LIMIT,
    next() {
      if (begun) return undefined;
      begun = true;
      return { engine: createDeflateRaw(), input: [input] };
    },
    finish: (output) => output,
    failure: (error) => error,
    ...overrides,
  };
}

const released = expect.objectContaining({
  name: 'StateError',
  code: 'POSTERN_ERR_CODEC_RELEASED',
});

describe('a job', () => {
  test('gives its place back when it is done', async () => {
    const queue = new JobQueue(1);
    const jobs = ['a', 'b', 'c'].map((text) => new ZlibJob(task(Buffer.from(text)), queue));
    expect([queue.running, queue.waiting]).toEqual([1, 2]);
    const results = await Promise.all(jobs.map(({ result }) => result));
    expect(results).toEqual(['a', 'b', 'c'].map((text) => deflateRawSync(text)));
    expect([queue.running, queue.waiting]).toEqual([0, 0]);
  });

  test('gives it back when it fails', async () => {
    const queue = new JobQueue(1);
    const engine = createInflateRaw();
    const failing = task(Buffer.alloc(0), { next: () => ({ engine, input: [Buffer.of(0xff)] }) });
    const { result } = new ZlibJob(failing, queue);
    await expect(result).rejects.toMatchObject({ code: 'Z_DATA_ERROR' });
    expect(queue.running).toBe(0);
    expect(engine.destroyed).toBe(true);
  });

  test('gives it back when it cannot begin', async () => {
    const queue = new JobQueue(1);
    const next = (): never => {
      throw new Error('no memory');
    };
    await expect(new ZlibJob(task(Buffer.alloc(0), { next }), queue).result).rejects.toThrow(
      'no memory',
    );
    expect(queue.running).toBe(0);
  });

  test('gives it back when its result is none', async () => {
    const queue = new JobQueue(1);
    const finish = (): never => {
      throw new Error('cut short');
    };
    await expect(new ZlibJob(task(Buffer.alloc(0), { finish }), queue).result).rejects.toThrow(
      'cut short',
    );
    expect(queue.running).toBe(0);
  });

  test('stops at its limit', async () => {
    const queue = new JobQueue(1);
    const { result } = new ZlibJob(task(noise(200_000), { limit: 100_000 }), queue);
    await expect(result).rejects.toMatchObject({ code: 'POSTERN_ERR_MESSAGE_TOO_BIG' });
    expect(queue.running).toBe(0);
  });

  test('is settled by abort while it runs', async () => {
    const queue = new JobQueue(1);
    const engine = createDeflateRaw();
    const job = new ZlibJob(task(noise(9), { next: () => ({ engine, input: [noise(9)] }) }), queue);
    job.abort();
    await expect(job.result).rejects.toEqual(released);
    expect(queue.running).toBe(0);
    expect(engine.destroyed).toBe(true);
  });

  test('is settled by abort while it waits, and never begins', async () => {
    const queue = new JobQueue(1);
    const first = new ZlibJob(task(noise(9)), queue);
    let begun = false;
    const next = (): undefined => {
      begun = true;
    };
    const second = new ZlibJob(task(noise(9), { next }), queue);
    second.abort();
    await expect(second.result).rejects.toEqual(released);
    expect(queue.running).toBe(1);
    await first.result;
    expect(begun).toBe(false);
    expect(queue.running).toBe(0);
  });

  test('cannot be aborted once it is done', async () => {
    const queue = new JobQueue(1);
    const job = new ZlibJob(task(Buffer.from('a')), queue);
    await job.result;
    job.abort();
    expect(queue.running).toBe(0);
    expect(await job.result).toEqual(deflateRawSync('a'));
  });
});

describe('release settles what is going on (ws issues 1202, 1617)', () => {
  test('of a deflater and of an inflater, also of those that wait', async () => {
    const settings = { noContextTakeover: false, windowBits: 15, codec: 'auto' } as const;
    const large = noise(300_000);
    const pending = Array.from({ length: 8 }, () => {
      const deflater = new Deflater({ ...settings, level: 5, memLevel: 8 });
      const inflater = new Inflater(settings);
      const results = [deflater.deflate(large), inflater.inflate(deflateRawSync(large), LIMIT)];
      return { deflater, inflater, results };
    });
    expect(zlibQueue.running).toBe(3);
    expect(zlibQueue.waiting).toBe(13);
    for (const { deflater, inflater } of pending) {
      deflater.release();
      inflater.release();
    }
    expect([zlibQueue.running, zlibQueue.waiting]).toEqual([0, 0]);
    for (const { results } of pending) {
      for (const result of results) await expect(result).rejects.toEqual(released);
    }
  });

  test('and a result that nobody awaits harms nobody', async () => {
    const settings = { noContextTakeover: false, windowBits: 15, codec: 'auto' } as const;
    const unhandled: unknown[] = [];
    const listener = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', listener);
    const inflater = new Inflater(settings);
    void inflater.inflate(deflateRawSync(noise(300_000)), LIMIT);
    inflater.release();
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', listener);
    expect(unhandled).toEqual([]);
  });

  test('lets go of the windows', async () => {
    const settings = { noContextTakeover: false, windowBits: 15, codec: 'auto' } as const;
    const deflater = new Deflater({ ...settings, level: 5, memLevel: 8 });
    const inflater = new Inflater(settings);
    await inflater.inflate(await deflater.deflate(noise(2048)), LIMIT);
    expect(Math.min(deflater.heldBytes, inflater.heldBytes)).toBeGreaterThan(0);
    deflater.release();
    inflater.release();
    expect([deflater.heldBytes, inflater.heldBytes]).toEqual([0, 0]);
  });
});

describe('joined output', () => {
  test('is the only piece itself when that keeps little else', () => {
    const piece = Buffer.alloc(10_000, 'a');
    expect(joined([piece], 10_000)).toBe(piece);
  });

  test('is a copy when the piece keeps much more', () => {
    const piece = Buffer.alloc(100_000, 'a').subarray(0, 10_000);
    const result = joined([piece], 10_000);
    expect(result.equals(piece)).toBe(true);
    expect(result.buffer.byteLength).toBeLessThanOrEqual(20_000);
  });

  test('is all pieces in order', () => {
    expect(joined([Buffer.from('ab'), Buffer.from('c')], 3).toString()).toBe('abc');
    expect(joined([], 0)).toEqual(Buffer.alloc(0));
  });
});
