// A client that comes back until it has met three servers; what it has to say waits meanwhile.
const { reconnecting } = await import(process.env.POSTERN_CORE);

const [url] = process.argv.slice(2);
const link = reconnecting(url, {
  minDelay: 20,
  maxDelay: 100,
  whileAway: 'queue',
  onState: ({ state }) => state === 'waiting' && console.log('waiting'),
});
void link.write('first');
let met = 0;
for await (const ws of link) {
  for await (const message of ws) {
    console.log(message);
  }
  met += 1;
  if (met === 3) break;
  void link.write(`after ${met}`);
}
console.log('left');
