import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';

/** The folder of a Go module such as `github.com/kedacore/keda/v2@v2.21.0`, which is fetched if it is not here. */
export function goModule(module: string): string {
  const told = execFileSync('go', ['mod', 'download', '-json', module], { cwd: tmpdir(), encoding: 'utf8' });
  return (JSON.parse(told) as { readonly Dir: string }).Dir;
}
