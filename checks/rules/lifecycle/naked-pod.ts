import { list } from '../../../manifests/resource';
import { check } from '../../check';

export default check({
  id: 'naked-pod',
  group: 'lifecycle',
  description: 'a Pod is managed by a controller that replaces it',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/',
  fix: 'use a Deployment (or a Job, if it runs to completion)',
  example: {
    broken: `
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop }
spec: { containers: [{ name: web, image: 'shop/web:3.1.0' }] }
`,
    fails: ['Pod/shop/web kind'],
    fixed: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0' }] }
`,
  },
  *judge(world) {
    for (const pod of world.of('Pod')) {
      // Helm tests and hooks run to completion; the kubelet manages static Pods.
      if (
        list(pod.at(['metadata', 'ownerReferences'])).length > 0 ||
        Object.keys(pod.annotations).some((name) =>
          /(^|\.)helm\.sh\/hook|argocd\.argoproj\.io\/hook|kubernetes\.io\/config\./.test(name),
        )
      )
        continue;
      const policy = pod.at(['spec', 'restartPolicy']);
      if (policy === 'Never' || policy === 'OnFailure') continue;
      yield {
        resource: pod,
        path: ['kind'],
        value: 'Pod',
        message: 'when its node is drained or fails, the Pod is lost: no controller replaces it',
      };
    }
  },
});
