package main

import (
	"context"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/events"
)

func objectChecks() []check {
	return []check{
		{Name: "objects/generateName", Run: generatedNames},
		{Name: "objects/finalizers", Run: finalizers},
		{Name: "objects/preconditions", Run: preconditions},
		{Name: "objects/generation", Run: generations},
		{Name: "objects/dryRun", Run: dryRuns},
		{Name: "objects/events", Run: recordsEvents},
		{Name: "objects/fieldValidation", Run: fieldValidation},
		{Name: "objects/refusals", Run: refusals},
	}
}

func generatedNames(ctx context.Context, s *session) error {
	maps := s.proto.CoreV1().ConfigMaps(s.namespace)
	seen := map[string]bool{}
	for range 200 {
		made, err := maps.Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{GenerateName: "many-"}}, metav1.CreateOptions{})
		if err != nil {
			return err
		}
		if seen[made.Name] || !strings.HasPrefix(made.Name, "many-") || len(made.Name) != len("many-")+5 {
			return that(false, "name %q", made.Name)
		}
		seen[made.Name] = true
	}
	long := strings.Repeat("x", 80)
	made, err := maps.Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{GenerateName: long}}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	return expect("length of a name from a long prefix", len(made.Name), 63)
}

func finalizers(ctx context.Context, s *session) error {
	maps := s.proto.CoreV1().ConfigMaps(s.namespace)
	held := configMap("held", nil)
	held.Finalizers = []string{"checks.test/hold"}
	if _, err := maps.Create(ctx, held, metav1.CreateOptions{}); err != nil {
		return err
	}
	if err := maps.Delete(ctx, "held", metav1.DeleteOptions{}); err != nil {
		return err
	}
	marked, err := maps.Get(ctx, "held", metav1.GetOptions{})
	if err != nil {
		return err
	}
	if err := that(marked.DeletionTimestamp != nil && *marked.DeletionGracePeriodSeconds == 0, "not marked: %v", marked.ObjectMeta); err != nil {
		return err
	}
	marked.Finalizers = append(marked.Finalizers, "checks.test/late")
	_, err = maps.Update(ctx, marked, metav1.UpdateOptions{})
	if err := refused("a finalizer added during deletion", err, apierrors.IsInvalid); err != nil {
		return err
	}
	if _, err = maps.Patch(ctx, "held", types.JSONPatchType, []byte(`[{"op":"remove","path":"/metadata/finalizers"}]`), metav1.PatchOptions{}); err != nil {
		return err
	}
	_, err = maps.Get(ctx, "held", metav1.GetOptions{})
	return refused("what was held", err, apierrors.IsNotFound)
}

func preconditions(ctx context.Context, s *session) error {
	maps := s.proto.CoreV1().ConfigMaps(s.namespace)
	made, err := maps.Create(ctx, configMap("one", nil), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	wrong := types.UID("00000000-0000-0000-0000-000000000000")
	return steps(
		func() error {
			err := maps.Delete(ctx, "one", metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &wrong}})
			return refused("another uid", err, apierrors.IsConflict)
		},
		func() error {
			err := maps.Delete(ctx, "one", metav1.DeleteOptions{Preconditions: &metav1.Preconditions{ResourceVersion: ptr("1")}})
			return refused("another resourceVersion", err, apierrors.IsConflict)
		},
		func() error {
			same := &metav1.Preconditions{UID: &made.UID, ResourceVersion: &made.ResourceVersion}
			return maps.Delete(ctx, "one", metav1.DeleteOptions{Preconditions: same})
		},
	)
}

func generations(ctx context.Context, s *session) error {
	sets := s.proto.AppsV1().ReplicaSets(s.namespace)
	kinds := s.proto.CoreV1().ReplicationControllers(s.namespace)
	made, err := kinds.Create(ctx, &corev1.ReplicationController{ObjectMeta: metav1.ObjectMeta{Name: "rc"}, Spec: corev1.ReplicationControllerSpec{Replicas: ptr(int32(0)), Selector: app, Template: ptr(template(app))}}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	if err := expect("generation of a new object", made.Generation, int64(1)); err != nil {
		return err
	}
	labelled, err := kinds.Patch(ctx, "rc", types.MergePatchType, []byte(`{"metadata":{"labels":{"a":"b"}}}`), metav1.PatchOptions{})
	if err != nil {
		return err
	}
	if err := expect("generation after a label", labelled.Generation, int64(1)); err != nil {
		return err
	}
	changed, err := kinds.Patch(ctx, "rc", types.MergePatchType, []byte(`{"spec":{"minReadySeconds":5}}`), metav1.PatchOptions{})
	if err != nil {
		return err
	}
	same, err := kinds.Patch(ctx, "rc", types.MergePatchType, []byte(`{"spec":{"minReadySeconds":5}}`), metav1.PatchOptions{})
	if err != nil {
		return err
	}
	if err := expect("generation after the same again", same.Generation, int64(2)); err != nil {
		return err
	}
	_, err = sets.Get(ctx, "rc", metav1.GetOptions{})
	return steps(
		func() error { return expect("generation after a change", changed.Generation, int64(2)) },
		func() error { return refused("a kind's name under another kind", err, apierrors.IsNotFound) },
	)
}

func dryRuns(ctx context.Context, s *session) error {
	maps := s.proto.CoreV1().ConfigMaps(s.namespace)
	dry := []string{metav1.DryRunAll}
	made, err := maps.Create(ctx, configMap("kept", map[string]string{"a": "1"}), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	changed := made.DeepCopy()
	changed.Data["a"] = "2"
	shown, err := maps.Update(ctx, changed, metav1.UpdateOptions{DryRun: dry})
	if err != nil {
		return err
	}
	if err := steps(
		func() error { return expect("shown", shown.Data["a"], "2") },
		func() error { return maps.Delete(ctx, "kept", metav1.DeleteOptions{DryRun: dry}) },
		func() error {
			return maps.DeleteCollection(ctx, metav1.DeleteOptions{DryRun: dry}, metav1.ListOptions{})
		},
	); err != nil {
		return err
	}
	kept, err := maps.Get(ctx, "kept", metav1.GetOptions{})
	if err != nil {
		return err
	}
	_, err = maps.Create(ctx, configMap("x", nil), metav1.CreateOptions{DryRun: []string{"Some"}})
	return steps(
		func() error { return expect("stored", kept.Data["a"], "1") },
		func() error { return expect("resourceVersion", kept.ResourceVersion, made.ResourceVersion) },
		func() error { return refused("an unknown dry run", err, apierrors.IsInvalid) },
	)
}

// recordsEvents goes through the recorder that controllers use; both event groups show one storage.
func recordsEvents(ctx context.Context, s *session) error {
	about, err := s.proto.CoreV1().ConfigMaps(s.namespace).Create(ctx, configMap("about", nil), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	broadcaster := events.NewBroadcaster(&events.EventSinkImpl{Interface: s.proto.EventsV1()})
	defer broadcaster.Shutdown()
	if err := broadcaster.StartRecordingToSinkWithContext(ctx); err != nil {
		return err
	}
	recorder := broadcaster.NewRecorder(scheme(), "checks.test/recorder")
	for range 3 {
		recorder.Eventf(about, nil, corev1.EventTypeNormal, "Checked", "Checking", "looked at %s", about.Name)
	}
	selector := metav1.ListOptions{FieldSelector: "involvedObject.uid=" + string(about.UID)}
	return eventually(ctx, 20*time.Second, func() error {
		core, err := s.proto.CoreV1().Events(s.namespace).List(ctx, selector)
		if err != nil {
			return err
		}
		var found *eventsv1.EventList
		if found, err = s.proto.EventsV1().Events(s.namespace).List(ctx, metav1.ListOptions{FieldSelector: "regarding.uid=" + string(about.UID)}); err != nil {
			return err
		}
		if len(core.Items) != 1 || len(found.Items) != 1 {
			return that(false, "%d core events, %d events", len(core.Items), len(found.Items))
		}
		return steps(
			func() error { return expect("message", core.Items[0].Message, "looked at about") },
			func() error { return expect("note", found.Items[0].Note, "looked at about") },
			func() error {
				return that(found.Items[0].Series != nil && found.Items[0].Series.Count >= 2, "no series")
			},
		)
	})
}

func fieldValidation(ctx context.Context, s *session) error {
	post := func(validation string) error {
		return s.plain.CoreV1().RESTClient().Post().Namespace(s.namespace).Resource("configmaps").Param("fieldValidation", validation).
			Param("dryRun", "All").Body([]byte(`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"data":{"a":"1","a":"2"},"bogus":true}`)).Do(ctx).Error()
	}
	return steps(
		func() error { return post("Ignore") },
		func() error { return post("Warn") },
		func() error {
			err := post("Strict")
			if err := refused("an unknown and a double field", err, apierrors.IsBadRequest); err != nil {
				return err
			}
			return that(strings.Contains(err.Error(), `unknown field "bogus"`) && strings.Contains(err.Error(), `duplicate field "data.a"`), "%v", err)
		},
		func() error { return refused("an unknown validation", post("Odd"), apierrors.IsInvalid) },
	)
}

func refusals(ctx context.Context, s *session) error {
	core := s.proto.CoreV1()
	return steps(
		func() error {
			_, err := core.Pods(s.namespace).Create(ctx, &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "Bad_Name"}}, metav1.CreateOptions{})
			if err := refused("a pod without containers", err, apierrors.IsInvalid); err != nil {
				return err
			}
			status, _ := err.(apierrors.APIStatus)
			causes := status.Status().Details.Causes
			return that(len(causes) >= 2, "causes %v", causes)
		},
		func() error {
			_, err := core.ConfigMaps("nowhere-to-be-found").Create(ctx, configMap("x", nil), metav1.CreateOptions{})
			return refused("a missing namespace", err, apierrors.IsNotFound)
		},
		func() error {
			big := configMap("big", map[string]string{"a": strings.Repeat("x", 1<<20+1)})
			_, err := core.ConfigMaps(s.namespace).Create(ctx, big, metav1.CreateOptions{})
			return refused("a config map of more than a mebibyte", err, func(err error) bool {
				return apierrors.IsInvalid(err) || apierrors.IsRequestEntityTooLargeError(err)
			})
		},
		func() error {
			fixed := configMap("fixed", map[string]string{"a": "1"})
			fixed.Immutable = ptr(true)
			made, err := core.ConfigMaps(s.namespace).Create(ctx, fixed, metav1.CreateOptions{})
			if err != nil {
				return err
			}
			made.Data["a"] = "2"
			_, err = core.ConfigMaps(s.namespace).Update(ctx, made, metav1.UpdateOptions{})
			return refused("a change of what is immutable", err, apierrors.IsInvalid)
		},
	)
}
