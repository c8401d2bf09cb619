import { string } from '../../../manifests/resource';
import { check } from '../../check';

const manifests = (image: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: '${image}' }] }
`;

export default check({
  id: 'image-pinned',
  group: 'lifecycle',
  description: 'an image has a version tag or a digest',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/containers/images/',
  fix: 'set a version tag (image:1.4.2), or better a digest (image@sha256:…)',
  example: {
    broken: manifests('shop/web:latest'),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].image'],
    fixed: manifests('shop/web:3.1.0'),
  },
  *judge(world) {
    for (const { resource, containers } of world.workloads) {
      for (const { name, json, path } of containers) {
        const image = string(json['image']);
        if (!image || image.includes('@')) continue;
        const tag = /:([^/:]+)$/.exec(image)?.[1];
        if (tag !== undefined && tag !== 'latest') continue;
        yield {
          resource,
          path: [...path, 'image'],
          value: image,
          message: `container ${name} runs whatever ${tag ? 'latest' : 'latest (no tag is set)'} is when its pod starts: two pods may run different versions, and a rollback does not bring the previous one back`,
        };
      }
    }
  },
});
