import type { Platform, ValuesOf } from 'strata';
import { Controller, Probe, resources, settingsOf, text, Workload, whole } from 'strata';

/** What environments, clusters and targets may choose, and what holds where none does. */
export const newOneSettings = settingsOf('newOne', {
  /** Pods. */
  replicas: whole(1, { min: 1 }),
  /** What one pod asks for and may use. */
  resources: resources({ cpu: '50m', memory: '64Mi', memoryLimit: '128Mi' }),
  /** The image. */
  image: text('registry.example.com/new-one:1.0.0', /^[^\s]+$/, 'an image reference'),
});

declare module 'strata' {
  interface Settings {
    readonly newOne: ValuesOf<typeof newOneSettings>;
  }
}

/** Say here what it does. */
export function newOne(platform: Platform): Workload {
  const component = platform.component('new-one');
  const { namespace, settings } = platform;
  const { replicas, resources, image } = settings.newOne;
  return new Workload(component, 'new-one', {
    namespace,
    controller: Controller.deployment({ replicas }),
    pod: {
      container: {
        name: 'new-one',
        image,
        ports: { http: 8080 },
        resources,
        probes: { readiness: Probe.http('/', 'http'), liveness: Probe.http('/', 'http', { failures: 6 }) },
      },
    },
  });
}
