import type { Json } from './resource';
import { list, number, record, string } from './resource';

/** How long a hook sleeps: its sleep action, or the command `sleep 15`, alone or in a shell script. */
export function sleepOf(hook: Json): number | undefined {
  const own = number(record(hook['sleep'])?.['seconds']);
  if (own !== undefined) return own;
  const command = list(record(hook['exec'])?.['command'])
    .flatMap((word) => string(word) ?? [])
    .join(' ');
  const steps = [...command.matchAll(/(?:^|[\s;&|/(])sleep\s+(\d+(?:\.\d+)?)(s|m)?(?=$|[\s;&|)])/g)].map(
    ([, amount, unit]) => Number(amount) * (unit === 'm' ? 60 : 1),
  );
  // In a loop the duration is not known.
  return steps.length === 0 || /\b(while|until|for)\b/.test(command)
    ? undefined
    : steps.reduce((sum, step) => sum + step, 0);
}
