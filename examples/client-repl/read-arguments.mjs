import { parseArgs } from 'node:util';

const usage = `node client.mjs [options] [url]

Connects to a WebSocket; without a URL, to a small echo server of its own.

  -s, --subprotocol <name>     offers a subprotocol; may be given several times
  -H, --header <name: value>   adds a header to the request; may be given several times
  -o, --origin <origin>        says where we come from, as a browser would
  -h, --help                   shows this
`;

/** What was asked for on the command line. Ends the program when that was help, or cannot be understood. */
export function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        subprotocol: { type: 'string', short: 's', multiple: true, default: [] },
        header: { type: 'string', short: 'H', multiple: true, default: [] },
        origin: { type: 'string', short: 'o' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) exitWith(0, usage);
    return { url: positionals[0], options: openOptions(values) };
  } catch (error) {
    return exitWith(2, `${error.message}\n\n${usage}`);
  }
}

function openOptions({ subprotocol, header, origin }) {
  return {
    subprotocols: subprotocol,
    headers: Object.fromEntries(header.map(nameAndValue)),
    ...(origin !== undefined && { origin }),
  };
}

function nameAndValue(header) {
  const [name, value] = header.split(/:\s*(.*)/s);
  if (value === undefined) throw new Error(`expected a header as “name: value”, got “${header}”`);
  return [name, value];
}

function exitWith(code, text) {
  (code === 0 ? process.stdout : process.stderr).write(text);
  process.exit(code);
}
