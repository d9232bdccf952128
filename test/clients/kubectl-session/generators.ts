import type { Session } from './step.ts';

/** `kubectl create` of everything that it can make up, `run` and `expose`. */
export const generators: Session = {
  subject: 'create of every generator',
  steps: [
    { run: 'create namespace {namespace}-more', prints: /^namespace\/\S+-more created$/m },
    { run: 'delete namespace {namespace}-more --wait=false', prints: /^namespace "\S+-more" deleted/m },
    { run: 'create deployment web --image=nginx:1.27 --replicas=2 --port=80', prints: 'deployment.apps/web created\n' },
    { run: 'create job once --image=busybox -- true', prints: 'job.batch/once created\n' },
    {
      run: 'create cronjob hourly --image=busybox --schedule=0_*_*_*_*',
      code: 1,
      prints: /spec\.schedule: Invalid value: "0_\*_\*_\*_\*"/,
    },
    { run: 'create cronjob hourly --image=busybox --schedule=@hourly -- true', prints: 'cronjob.batch/hourly created\n' },
    { run: 'create job byhand --from=cronjob/hourly', prints: 'job.batch/byhand created\n' },
    { run: 'create quota pods --hard=pods=50,services=10', prints: 'resourcequota/pods created\n' },
    { run: 'create role reader --verb=get,list --resource=pods,pods/log', prints: 'role.rbac.authorization.k8s.io/reader created\n' },
    {
      run: 'create clusterrole {namespace}-reader --verb=get --resource=nodes',
      prints: /^clusterrole\.rbac\.authorization\.k8s\.io\/\S+ created$/m,
    },
    { run: 'create sa robot', prints: 'serviceaccount/robot created\n' },
    {
      run: 'create rolebinding readers --role=reader --serviceaccount={namespace}:robot',
      prints: 'rolebinding.rbac.authorization.k8s.io/readers created\n',
    },
    {
      run: 'create clusterrolebinding {namespace}-readers --clusterrole={namespace}-reader --user=jane',
      prints: /^clusterrolebinding\.rbac\.authorization\.k8s\.io\/\S+ created$/m,
    },
    { run: 'create secret generic plain --from-literal=user=me', prints: 'secret/plain created\n' },
    {
      run: 'create secret docker-registry pull --docker-server=registry.example --docker-username=u --docker-password=p',
      prints: 'secret/pull created\n',
    },
    { run: 'create secret tls cert --cert=tls.crt --key=tls.key', prints: 'secret/cert created\n' },
    { run: 'get secret cert pull plain -o jsonpath={.items[*].type}', prints: 'kubernetes.io/tls kubernetes.io/dockerconfigjson Opaque' },
    {
      run: 'create configmap files --from-file={manifests}/kustomize/configmap.yaml --from-literal=x=y',
      prints: 'configmap/files created\n',
    },
    { run: 'get configmap files', prints: /^files +2 +\d+s$/m },
    {
      run: 'create ingress front --class=public --rule=example.com/*=web:80,tls=cert',
      prints: 'ingress.networking.k8s.io/front created\n',
    },
    { run: 'create pdb web --selector=app=web --min-available=1', prints: 'poddisruptionbudget.policy/web created\n' },
    {
      run: 'create priorityclass {namespace}-high --value=1000 --description=high',
      prints: /^priorityclass\.scheduling\.k8s\.io\/\S+-high created$/m,
    },
    { run: 'create service clusterip plain --tcp=80:8080', prints: 'service/plain created\n' },
    { run: 'create service nodeport open --tcp=80:8080', prints: 'service/open created\n' },
    { run: 'create service externalname away --external-name=example.com', prints: 'service/away created\n' },
    { run: 'create service loadbalancer balanced --tcp=80:8080', prints: 'service/balanced created\n' },
    { run: 'expose deployment web --port=80 --target-port=8080', prints: 'service/web exposed\n' },
    { run: 'run single --image=nginx:1.27 --labels=app=single --restart=Never', prints: 'pod/single created\n' },
    { run: 'run single --image=nginx:1.27', code: 1, prints: /^Error from server \(AlreadyExists\): pods "single" already exists$/m },
    { run: 'run dry --image=nginx --dry-run=server -o name', prints: 'pod/dry\n' },
    { run: 'get pod dry', code: 1, prints: /pods "dry" not found/ },
    { run: 'get services', prints: /^away +ExternalName +<none> +example\.com +<none> +\d+s$/m },
    { run: 'get services', prints: /^open +NodePort +10\.0\.\d+\.\d+ +<none> +80:3\d{4}\/TCP +\d+s$/m },
    { run: 'wait --for=condition=complete job/once --timeout=60s', prints: /^job\.batch\/once condition met$/m },
    { run: 'get quota pods', prints: /pods: \d+\/50, services: 5\/10/ },
    { run: 'get all', prints: /^deployment\.apps\/web +\d\/2/m },
    { run: 'describe deployment,job,cronjob,service,pdb,quota,role,rolebinding,secret,configmap,ingress,sa', prints: /^Name: +web$/m },
    { run: 'describe pod single', prints: /^QoS Class: +BestEffort$/m },
    { run: 'describe clusterrole,clusterrolebinding,priorityclass', prints: /^Name: +system-cluster-critical$/m },
    {
      run: 'delete clusterrole/{namespace}-reader clusterrolebinding/{namespace}-readers priorityclass/{namespace}-high',
      prints: /deleted/,
    },
    { run: 'delete all --all --wait=false', prints: /^deployment\.apps "web" deleted/m },
  ],
};
