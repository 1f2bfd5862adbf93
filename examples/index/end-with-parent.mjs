// Runs in the process of an example, before its own code, and ends it when the index says so or has ended itself: even
// when that was killed, for then the channel between the two is cut.
for (const event of ['message', 'disconnect']) {
  process.once(event, () => {
    if (!process.emit('SIGTERM')) process.exit();
  });
}
process.channel?.unref();
