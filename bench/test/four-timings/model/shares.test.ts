import { expect, test } from 'vitest';
import { sharesByBothClocks, sharesByServerClock } from '../../../four-timings/model/shares.mjs';

// Server to client: 70 empty, 300 full. Back: 20 empty, 150 full, after 5 for the client itself.
const exchange = {
  empty: { sent: 1000, answered: 1090, echoed: 1095 },
  full: { sent: 2000, answered: 2320, echoed: 2455 },
};
const echo = {
  empty: { received: 1070, replied: 1075 },
  full: { received: 2300, replied: 2305 },
};

test('by both clocks a share runs from sending on one side to having received on the other', () => {
  expect(sharesByBothClocks(exchange, echo)).toEqual({
    serverEmpty: 70,
    clientEmpty: 20,
    server: 300,
    client: 150,
  });
});

test('by the server alone, s and c follow from t1 and t2, and the bytes from t3 and t4', () => {
  // t1 = 90, t2 = 95, t3 = 320, t4 = 455
  expect(sharesByServerClock(exchange)).toEqual({
    serverEmpty: 85,
    clientEmpty: 5,
    server: 85 + (320 - 90),
    client: 455 - 320,
  });
});

test('by the server alone, both shares of a message add up to what went by, less one empty reply', () => {
  const { server, client, clientEmpty } = sharesByServerClock(exchange);
  expect(server + client + clientEmpty).toBe(exchange.full.echoed - exchange.full.sent);
});
