/** Host and port, as in the `Host` header. */
export interface Authority {
  /** In lower case; an IPv6 address keeps its brackets. */
  readonly host: string;
  readonly port: number | undefined;
}

const HIGHEST_PORT = 65_535;

/** A name or an IPv4 address (RFC 3986, section 3.2.2). No comma: it would be two headers folded into one. */
const NAME = /^[a-z0-9._~%!$&'()*+;=-]+$/;
const IPV6 = /^\[[0-9a-f:.]+\]$/;
const DIGITS = /^[0-9]{1,5}$/;

/** Reads `host [":" port]`; undefined for anything else. RFC 9110, section 7.2. */
export function parseAuthority(value: string): Authority | undefined {
  const end = hostEnd(value);
  const host = value.slice(0, end).toLowerCase();
  if (!NAME.test(host) && !IPV6.test(host)) return undefined;
  const port = value.slice(end);
  if (port === '' || port === ':') return { host, port: undefined };
  return DIGITS.test(port.slice(1)) ? withPort(host, Number(port.slice(1))) : undefined;
}

function hostEnd(value: string): number {
  const colon = value.indexOf(':', value.startsWith('[') ? value.indexOf(']') : 0);
  return colon === -1 ? value.length : colon;
}

function withPort(host: string, port: number): Authority | undefined {
  return port <= HIGHEST_PORT ? { host, port } : undefined;
}
