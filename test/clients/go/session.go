package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	jsonType     = "application/json"
	protobufType = "application/vnd.kubernetes.protobuf"
)

// session is what a check works with: the clients, and a namespace of its own.
type session struct {
	config *rest.Config
	// proto speaks protobuf, plain speaks JSON.
	proto, plain kubernetes.Interface
	dynamic      dynamic.Interface
	metadata     metadata.Interface
	namespace    string
}

func newSession() (*session, error) {
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		return nil, err
	}
	// What is tested is the server, not the client's own throttle.
	config.QPS, config.Burst = -1, 0
	config.ContentType = jsonType
	binary := rest.CopyConfig(config)
	binary.ContentType, binary.AcceptContentTypes = protobufType, protobufType+","+jsonType
	s := &session{config: config}
	var problems [4]error
	s.proto, problems[0] = kubernetes.NewForConfig(binary)
	s.plain, problems[1] = kubernetes.NewForConfig(config)
	s.dynamic, problems[2] = dynamic.NewForConfig(config)
	s.metadata, problems[3] = metadata.NewForConfig(config)
	return s, errors.Join(problems[:]...)
}

// inNamespace makes a new namespace for one check; the cluster goes with the test, and so do its namespaces.
func (s *session) inNamespace(ctx context.Context, name string) (*session, error) {
	prefix := strings.ToLower(strings.Map(func(r rune) rune {
		if strings.ContainsRune("/ .", r) {
			return '-'
		}
		return r
	}, name)) + "-"
	made, err := s.plain.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: prefix}}, metav1.CreateOptions{})
	if err != nil {
		return nil, err
	}
	own := *s
	own.namespace = made.Name
	return &own, nil
}

// advance moves the world's clock; SLIPWAY_ADVANCE holds the command, to which the duration is added.
func advance(ctx context.Context, duration string) error {
	words := strings.Fields(os.Getenv("SLIPWAY_ADVANCE"))
	if len(words) == 0 {
		return errors.New("SLIPWAY_ADVANCE is not set")
	}
	output, err := exec.CommandContext(ctx, words[0], append(words[1:], duration)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", words, err, output)
	}
	return nil
}

// expect fails unless both are deeply equal.
func expect(what string, got, want any) error {
	if reflect.DeepEqual(got, want) {
		return nil
	}
	return fmt.Errorf("%s: got %v, want %v", what, got, want)
}

// that fails with the message unless the condition holds.
func that(condition bool, format string, args ...any) error {
	if condition {
		return nil
	}
	return fmt.Errorf(format, args...)
}

// refused fails unless the error is of the kind that `is` knows.
func refused(what string, err error, is func(error) bool) error {
	if err == nil {
		return fmt.Errorf("%s: was accepted", what)
	}
	if !is(err) {
		return fmt.Errorf("%s: refused otherwise: %w (%s)", what, err, apierrors.ReasonForError(err))
	}
	return nil
}

// eventually repeats until there is no error, and returns the last one after the limit.
func eventually(ctx context.Context, limit time.Duration, attempt func() error) error {
	deadline := time.Now().Add(limit)
	for {
		err := attempt()
		if err == nil || time.Now().After(deadline) || ctx.Err() != nil {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// steps runs one after the other and stops at the first error.
func steps(all ...func() error) error {
	for i, step := range all {
		if err := step(); err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
	}
	return nil
}

func configMap(name string, data map[string]string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name}, Data: data}
}

func pod(name string) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: podSpec()}
}

func podSpec() corev1.PodSpec {
	return corev1.PodSpec{Containers: []corev1.Container{{Name: "main", Image: "registry.k8s.io/pause:3.10"}}}
}

func template(labels map[string]string) corev1.PodTemplateSpec {
	return corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: podSpec()}
}

func ptr[T any](value T) *T { return &value }
