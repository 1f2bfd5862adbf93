import { quoted } from '../handshake/quoted.js';
import { basicCredentials, type Target } from './target.js';

/** A proxy, and what it is to be told. */
export interface Proxy {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** The header `Proxy-Authorization`. RFC 9110, section 11.7.2. */
  readonly authorization: string | undefined;
}

/** The option `proxy`: a URL, or `'environment'` for the variables that most programs take theirs from. */
export type ProxyOption = string | URL;

const FROM_ENVIRONMENT = 'environment';

/** Variables of the environment, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for `target`; undefined for none. From the environment it is `http_proxy` for `ws:`, `https_proxy` for
 * `wss:`, else `all_proxy`, each in lower or upper case, unless `no_proxy` names the host.
 * @throws {TypeError} when it is not an `http:` or `https:` URL. Its password is not repeated in the message.
 */
export function chooseProxy(
  option: ProxyOption | undefined,
  target: Target,
  environment: Environment,
): Proxy | undefined {
  if (option === undefined || target.socketPath !== undefined) return undefined;
  if (option !== FROM_ENVIRONMENT) return parseProxy(option);
  const value = proxyVariable(target, environment);
  if (value === undefined || isExempt(target, variable(environment, 'no_proxy') ?? '')) {
    return undefined;
  }
  return parseProxy(value.includes('://') ? value : `http://${value}`);
}

/** @throws {TypeError} when the option is neither an `http:` or `https:` URL nor `'environment'`. */
export function checkProxyOption(option: ProxyOption | undefined): void {
  if (option !== undefined && option !== FROM_ENVIRONMENT) parseProxy(option);
}

function parseProxy(value: string | URL): Proxy {
  const url = value instanceof URL ? value : toUrl(value);
  const { protocol, hostname, port } = url;
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new TypeError(`proxy: expected the scheme http or https, got ${quoted(protocol)}`);
  }
  const secure = protocol === 'https:';
  return {
    secure,
    host: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
    port: Number(port) || (secure ? 443 : 80),
    authorization: basicCredentials(url),
  };
}

function toUrl(value: unknown): URL {
  if (typeof value === 'string' && URL.canParse(value)) return new URL(value);
  const found = typeof value === 'string' ? 'another string' : typeof value;
  throw new TypeError(`proxy: expected an http or https URL, or 'environment', got ${found}`);
}

function proxyVariable({ secure }: Target, environment: Environment): string | undefined {
  return (
    variable(environment, secure ? 'https_proxy' : 'http_proxy') ??
    variable(environment, 'all_proxy')
  );
}

/** An empty variable is none. */
function variable(environment: Environment, name: string): string | undefined {
  return environment[name] || environment[name.toUpperCase()] || undefined;
}

/** Whether `list` names the host: itself, a domain that it is in, with a port or without, or `*`. */
function isExempt({ host, port }: Target, list: string): boolean {
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => entry === '*' || names(entry, host.toLowerCase(), port));
}

function names(entry: string, host: string, port: number): boolean {
  const suffix = `:${port}`;
  const named = entry.endsWith(suffix) && entry !== host ? entry.slice(0, -suffix.length) : entry;
  const domain = named.replace(/^\*?\./, '').replace(/^\[|\]$/g, '');
  return host === domain || host.endsWith(`.${domain}`);
}
