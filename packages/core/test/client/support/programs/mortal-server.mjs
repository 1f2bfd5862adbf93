// A server that tells what it hears, and says back who it is.
const { serve } = await import(process.env.POSTERN_CORE);

const [port, word] = process.argv.slice(2);
const server = await serve({
  host: '127.0.0.1',
  port: Number(port),
  websocket: (_, ws) => ws.listen((message) => ws.write(`${word} heard ${message}`)),
});
process.once('SIGTERM', () => server.close());
console.log(server.port);
