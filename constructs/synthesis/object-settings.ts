import { labelsProblem } from '../../model/names';
import { value } from '../../model/setting';
import type { ValuesOf } from '../../model/settings';
import { settingsOf } from '../../model/settings';

/** Labels that the platform and its workloads give every object themselves. */
const TAKEN = [
  'app.kubernetes.io/managed-by',
  'app.kubernetes.io/name',
  'app.kubernetes.io/part-of',
  'environment',
  'student',
];

export const objectSettings = settingsOf('objects', {
  /** Labels of every object and every pod, beside those that the platform gives them. Nothing is selected by them, so they may change. */
  labels: value<Readonly<Record<string, string>>>(
    {},
    (given) => {
      const taken = TAKEN.find((key) => Object.hasOwn(Object(given), key));
      return taken === undefined ? labelsProblem(given) : `wrong: the platform itself sets ${taken}`;
    },
    () => "{ team: 'shop' }",
  ),
});

declare module '../../model/settings' {
  interface Settings {
    readonly objects: ValuesOf<typeof objectSettings>;
  }
}
