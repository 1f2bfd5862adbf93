import { open } from '@postern/core';
import { echoOnAll } from './echo-on-all.mjs';

await echoOnAll(async (url) => {
  const ws = await open(url);
  void ws.listen((data) => ws.write(data));
});
