import { checkPlacement, type PlatformSpec } from 'strata';
import { Redis } from 'strata/constructs/app/redis';
import { RedisExporter } from './constructs/app/redis-exporter';
import { PUBLIC_PATHS, WebService } from './constructs/app/web-service';

/** What every target has: the app, its Redis, the exporter, and a route where the cluster serves one. Features add to it. */
export const course: PlatformSpec = {
  name: 'course',
  labels: ({ web }) => ({ student: web.student }),
  compose: (platform) => {
    const { namespace, settings } = platform;
    const { name, cluster, environment } = platform.target;
    checkPlacement(`${name}, web.placement`, settings.web.placement, cluster, settings.web.replicas);
    checkPlacement(`${name}, redis.placement`, settings.redis.placement, cluster);

    const redis = new Redis(platform.component('redis'), 'redis', {
      ...settings.redis,
      namespace,
      storage: cluster.storage,
      credentials: platform.credentials(settings.redis.credentialsRevision),
    });
    const web = new WebService(platform.component('web'), 'web', {
      ...settings.web,
      namespace,
      environment: environment.name,
      redis,
      traffic: platform.traffic,
      argoRollouts: cluster.argoRollouts,
    });
    new RedisExporter(platform.component('exporter'), 'exporter', { ...settings.exporter, namespace, redis });
    platform.publish(web.port('http'), PUBLIC_PATHS);
  },
};
