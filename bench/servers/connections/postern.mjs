import { serve } from '@postern/core';
import { announce } from '../control.mjs';

announce(
  await serve({
    host: '127.0.0.1',
    websocket: (request, ws) => ws.listen((data) => ws.write(data)),
  }),
);
