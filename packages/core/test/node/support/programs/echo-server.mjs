// An echo server that ends as every server should: two lines for SIGTERM.
const { serve } = await import(process.env.POSTERN_CORE);

const server = await serve({
  host: '127.0.0.1',
  http: (request, response) => response.end('hello'),
  websocket: (request, ws) => {
    if (request.url === '/refused') return ws.refuse(403);
    if (request.url === '/slow') return new Promise((resolve) => ws.closed.then(resolve));
    return ws.listen((data) => ws.write(data));
  },
});
process.once('SIGTERM', () => server.close());
console.log(server.port);
