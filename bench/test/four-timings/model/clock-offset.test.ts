import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { clockOffset, onOurClock } from '../../../four-timings/model/clock-offset.mjs';

/** An exchange whose messages take `there`, the client `pause` and the replies `back`; the client's clock is `behind`. */
function timed(
  start: number,
  { there, pause, back, behind }: { there: number; pause: number; back: number; behind: number },
) {
  const reply = (sent: number) => {
    const replied = sent + there + pause;
    const times = { sent, answered: replied + back, echoed: replied + back };
    return {
      times,
      echo: { received: sent + there - behind, replied: replied - behind },
    };
  };
  const empty = reply(start);
  const full = reply(start + 10_000);
  return {
    exchange: { empty: empty.times, full: full.times },
    echo: { empty: empty.echo, full: full.echo },
  };
}

test('finds the offset when the fastest message took as long as the fastest reply', () => {
  const slow = timed(0, { there: 900, pause: 3, back: 50, behind: 1_000_000 });
  const fast = timed(50_000, { there: 50, pause: 3, back: 700, behind: 1_000_000 });
  expect(clockOffset([slow.exchange, fast.exchange], [slow.echo, fast.echo])).toEqual({
    offset: 1_000_000,
    uncertainty: 50,
  });
});

test('the truth is never further away than the uncertainty', () => {
  const time = fc.integer({ min: 0, max: 1000 });
  const way = fc.record({ there: time, pause: time, back: time });
  fc.assert(
    fc.property(
      fc.array(way, { minLength: 1, maxLength: 20 }),
      fc.integer({ min: -1_000_000, max: 1_000_000 }),
      (ways, behind) => {
        const all = ways.map((one, index) => timed(index * 100_000, { ...one, behind }));
        const { offset, uncertainty } = clockOffset(
          all.map(({ exchange }) => exchange),
          all.map(({ echo }) => echo),
        );
        expect(Math.abs(offset - behind)).toBeLessThanOrEqual(uncertainty);
      },
    ),
  );
});

test('moves what the other side noted to our clock', () => {
  const { echo } = timed(0, { there: 5, pause: 1, back: 5, behind: 300 });
  expect(onOurClock(echo, 300)).toEqual({
    empty: { received: 5, replied: 6 },
    full: { received: 10_005, replied: 10_006 },
  });
});
