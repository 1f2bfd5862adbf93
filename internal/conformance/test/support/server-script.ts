import { fileURLToPath } from 'node:url';

/** The path of an echo server in `servers/`. */
export function serverScript(name: 'postern-echo' | 'ws-echo'): string {
  return fileURLToPath(new URL(`../../servers/${name}.mjs`, import.meta.url));
}
