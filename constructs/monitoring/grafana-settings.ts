import type { Bytes } from '../../model/quantity';
import { bytesProblem } from '../../model/quantity';
import { choice, resources, text, value } from '../../model/setting';
import type { ValuesOf } from '../../model/settings';
import { settingsOf } from '../../model/settings';

export const grafanaSettings = settingsOf('grafana', {
  /**
   * Who reaches it: `inside`, pods and whoever may forward a port (`kubectl port-forward`); `people`, everybody whom the cluster's routes
   * let in, behind its login.
   */
  reach: choice('inside', 'people'),
  /** Size of the volume for what people make by hand, such as stars and tokens. `none`: it goes with the pod; dashboards come from here all the same. */
  volume: value<Bytes | 'none'>(
    'none',
    (given) => (given === 'none' ? undefined : bytesProblem(given)),
    () => "'1Gi'",
  ),
  /** What the pod asks for and may use. */
  resources: resources({ cpu: '50m', memory: '192Mi', memoryLimit: '384Mi' }),
  /** Part of its Secret's name where it comes from outside: a new value is a rotation and rolls the pod. */
  credentialsRevision: text(
    '1',
    /^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/,
    'lower case letters, digits and inner hyphens, 22 at most',
  ),
});

declare module '../../model/settings' {
  interface Settings {
    readonly grafana?: ValuesOf<typeof grafanaSettings>;
  }
}
