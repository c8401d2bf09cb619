import type { Path } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { imageReferenceProblem } from '../../../upstream/kubernetes/image-reference';
import { placeholderIn } from '../../../world/placeholders';
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
  id: 'image-reference-valid',
  group: 'lifecycle',
  description: 'the kubelet can parse the reference of each image',
  severity: 'will-break',
  needs: [],
  source: 'pkg/util/parsers/parsers.go',
  fix: 'write [REGISTRY/]NAME[:TAG][@DIGEST]: the name in lower case, one tag, a digest of sha256 with 64 hexadecimal digits',
  example: {
    broken: manifests('Shop/Web:3.1.0'),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].image'],
    fixed: manifests('shop/web:3.1.0'),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      for (const { image, path, what, consequence } of imagesOf(workload)) {
        const problem = imageReferenceProblem(image);
        if (problem === undefined) continue;
        const at = { resource: workload.resource, path, value: image };
        const placeholder = placeholderIn(world, image);
        if (placeholder?.replacedBy !== undefined)
          yield {
            ...at,
            verdict: 'unknown',
            message: `whether ${placeholder.replacedBy} replaces ${placeholder.text} is not known; if nothing does, the kubelet cannot parse the reference and ${consequence}; judge what it renders`,
          };
        else
          yield {
            ...at,
            message: `the reference of ${what} ${placeholder ? `has the placeholder ${placeholder.text}, which nothing has replaced` : problem}: the kubelet cannot parse it, and ${consequence}`,
            ...(placeholder
              ? { fix: `write the value of ${placeholder.text}, or judge what the tool that replaces it renders` }
              : {}),
          };
      }
    }
  },
});

interface Image {
  readonly image: string;
  readonly path: Path;
  /** `container web`, for messages. */
  readonly what: string;
  readonly consequence: string;
}

/** Images of all containers and image volumes. An empty one is reported by the schema, or set by a controller. */
function* imagesOf({ resource, containers, podSpec, podSpecPath }: WorkloadManifest): Iterable<Image> {
  for (const { name, json, path, role } of containers) {
    const image = string(json['image']);
    // The API server itself refuses white space around the image of a Pod.
    if (!image || (resource.kind === 'Pod' && role !== 'ephemeral' && image.trim() !== image)) continue;
    yield {
      image,
      path: [...path, 'image'],
      what: `container ${name}`,
      consequence: 'the container does not start (InvalidImageName)',
    };
  }
  for (const [i, entry] of list(podSpec['volumes']).entries()) {
    const volume = record(entry);
    const reference = string(record(volume?.['image'])?.['reference']);
    if (reference)
      yield {
        image: reference,
        path: [...podSpecPath, 'volumes', i, 'image', 'reference'],
        what: `volume ${string(volume?.['name']) ?? ''}`,
        consequence: 'no container of the pod starts (InvalidImageName)',
      };
  }
}
