package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"strings"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	certificatesv1 "k8s.io/api/certificates/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

func accessChecks() []check {
	return []check{
		{Name: "access/tokens", Run: tokens},
		{Name: "access/reviews", Run: accessReviews},
		{Name: "access/impersonation", Run: impersonation},
		{Name: "access/escalation", Run: escalation},
		{Name: "access/certificates", Run: certificates},
		{Name: "access/anonymous", Run: anonymous},
	}
}

func accountOf(s *session) string { return "system:serviceaccount:" + s.namespace + ":robot" }

func makeAccount(ctx context.Context, s *session) error {
	_, err := s.proto.CoreV1().ServiceAccounts(s.namespace).Create(ctx, &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "robot"}}, metav1.CreateOptions{})
	return err
}

// withToken is a client that has nothing but the token.
func withToken(s *session, token string) (kubernetes.Interface, error) {
	config := rest.AnonymousClientConfig(s.config)
	config.BearerToken, config.QPS = token, -1
	return kubernetes.NewForConfig(config)
}

func tokens(ctx context.Context, s *session) error {
	if err := makeAccount(ctx, s); err != nil {
		return err
	}
	bound, err := s.proto.CoreV1().Pods(s.namespace).Create(ctx, pod("bound"), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	reference := &authenticationv1.BoundObjectReference{Kind: "Pod", APIVersion: "v1", Name: bound.Name, UID: bound.UID}
	issue := func(reference *authenticationv1.BoundObjectReference) (*authenticationv1.TokenRequest, error) {
		spec := authenticationv1.TokenRequestSpec{ExpirationSeconds: ptr(int64(3600)), BoundObjectRef: reference}
		return s.proto.CoreV1().ServiceAccounts(s.namespace).CreateToken(ctx, "robot", &authenticationv1.TokenRequest{Spec: spec}, metav1.CreateOptions{})
	}
	_, err = issue(reference)
	if err := refused("a token bound to another account's pod", err, func(err error) bool { return err != nil }); err != nil {
		return err
	}
	request, err := issue(nil)
	if err != nil {
		return err
	}
	lasts := time.Until(request.Status.ExpirationTimestamp.Time)
	if err := that(lasts > 50*time.Minute && lasts < 70*time.Minute, "expires in %s", lasts); err != nil {
		return err
	}
	review, err := s.proto.AuthenticationV1().TokenReviews().Create(ctx, &authenticationv1.TokenReview{Spec: authenticationv1.TokenReviewSpec{Token: request.Status.Token}}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	if err := that(review.Status.Authenticated && review.Status.User.Username == accountOf(s), "%v", review.Status); err != nil {
		return err
	}
	forged, err := s.proto.AuthenticationV1().TokenReviews().Create(ctx, &authenticationv1.TokenReview{Spec: authenticationv1.TokenReviewSpec{Token: request.Status.Token + "x"}}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	robot, err := withToken(s, request.Status.Token)
	if err != nil {
		return err
	}
	self, err := robot.AuthenticationV1().SelfSubjectReviews().Create(ctx, &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	_, err = robot.CoreV1().Secrets(s.namespace).List(ctx, metav1.ListOptions{})
	if err := steps(
		func() error { return that(!forged.Status.Authenticated, "a forged token is believed") },
		func() error { return expect("user", self.Status.UserInfo.Username, accountOf(s)) },
		func() error { return refused("secrets to an account without a role", err, apierrors.IsForbidden) },
		func() error {
			return s.proto.CoreV1().ServiceAccounts(s.namespace).Delete(ctx, "robot", metav1.DeleteOptions{})
		},
	); err != nil {
		return err
	}
	_, err = robot.CoreV1().Secrets(s.namespace).List(ctx, metav1.ListOptions{})
	return refused("a token of a deleted account", err, apierrors.IsUnauthorized)
}

func accessReviews(ctx context.Context, s *session) error {
	if err := makeAccount(ctx, s); err != nil {
		return err
	}
	role := &rbacv1.Role{ObjectMeta: metav1.ObjectMeta{Name: "reader"}, Rules: []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"get", "list"}}}}
	if _, err := s.proto.RbacV1().Roles(s.namespace).Create(ctx, role, metav1.CreateOptions{}); err != nil {
		return err
	}
	binding := &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "reader"}, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: "reader"},
		Subjects: []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Name: "robot", Namespace: s.namespace}},
	}
	if _, err := s.proto.RbacV1().RoleBindings(s.namespace).Create(ctx, binding, metav1.CreateOptions{}); err != nil {
		return err
	}
	attributes := func(verb string) *authorizationv1.ResourceAttributes {
		return &authorizationv1.ResourceAttributes{Namespace: s.namespace, Verb: verb, Resource: "pods"}
	}
	reviews := s.proto.AuthorizationV1()
	subject := func(verb string) (bool, error) {
		spec := authorizationv1.SubjectAccessReviewSpec{User: accountOf(s), ResourceAttributes: attributes(verb)}
		got, err := reviews.SubjectAccessReviews().Create(ctx, &authorizationv1.SubjectAccessReview{Spec: spec}, metav1.CreateOptions{})
		if err != nil {
			return false, err
		}
		local := &authorizationv1.LocalSubjectAccessReview{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace}, Spec: spec}
		same, err := reviews.LocalSubjectAccessReviews(s.namespace).Create(ctx, local, metav1.CreateOptions{})
		if err != nil {
			return false, err
		}
		return got.Status.Allowed, expect("the local review", same.Status.Allowed, got.Status.Allowed)
	}
	may, err := subject("list")
	if err != nil {
		return err
	}
	mayNot, err := subject("delete")
	if err != nil {
		return err
	}
	own, err := reviews.SelfSubjectAccessReviews().Create(ctx, &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: attributes("delete")}}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	rules, err := reviews.SelfSubjectRulesReviews().Create(ctx, &authorizationv1.SelfSubjectRulesReview{Spec: authorizationv1.SelfSubjectRulesReviewSpec{Namespace: s.namespace}}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	return steps(
		func() error { return expect("list is allowed", may, true) },
		func() error { return expect("delete is allowed", mayNot, false) },
		func() error { return expect("the administrator may", own.Status.Allowed, true) },
		func() error { return that(len(rules.Status.ResourceRules) > 0, "no rules") },
	)
}

func impersonation(ctx context.Context, s *session) error {
	config := rest.CopyConfig(s.config)
	config.Impersonate = rest.ImpersonationConfig{UserName: "jane", Groups: []string{"staff"}, Extra: map[string][]string{"why": {"test"}}}
	jane, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	self, err := jane.AuthenticationV1().SelfSubjectReviews().Create(ctx, &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	_, err = jane.CoreV1().Pods(s.namespace).List(ctx, metav1.ListOptions{})
	return steps(
		func() error { return expect("user", self.Status.UserInfo.Username, "jane") },
		func() error {
			return that(strings.Contains(strings.Join(self.Status.UserInfo.Groups, " "), "staff"), "%v", self.Status.UserInfo)
		},
		func() error {
			return expect("extra", self.Status.UserInfo.Extra["why"], authenticationv1.ExtraValue{"test"})
		},
		func() error { return refused("pods to nobody", err, apierrors.IsForbidden) },
	)
}

// escalation: nobody gives away what he does not have.
func escalation(ctx context.Context, s *session) error {
	if err := makeAccount(ctx, s); err != nil {
		return err
	}
	rules := []rbacv1.PolicyRule{{APIGroups: []string{rbacv1.GroupName}, Resources: []string{"roles", "rolebindings"}, Verbs: []string{"create", "update"}}}
	if _, err := s.proto.RbacV1().Roles(s.namespace).Create(ctx, &rbacv1.Role{ObjectMeta: metav1.ObjectMeta{Name: "giver"}, Rules: rules}, metav1.CreateOptions{}); err != nil {
		return err
	}
	binding := &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "giver"}, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: "giver"},
		Subjects: []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Name: "robot", Namespace: s.namespace}},
	}
	if _, err := s.proto.RbacV1().RoleBindings(s.namespace).Create(ctx, binding, metav1.CreateOptions{}); err != nil {
		return err
	}
	config := rest.CopyConfig(s.config)
	config.Impersonate = rest.ImpersonationConfig{UserName: accountOf(s)}
	robot, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	more := &rbacv1.Role{ObjectMeta: metav1.ObjectMeta{Name: "more"}, Rules: []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"secrets"}, Verbs: []string{"get"}}}}
	_, role := robot.RbacV1().Roles(s.namespace).Create(ctx, more, metav1.CreateOptions{})
	binding.Name, binding.RoleRef.Kind, binding.RoleRef.Name = "more", "ClusterRole", "admin"
	_, bound := robot.RbacV1().RoleBindings(s.namespace).Create(ctx, binding, metav1.CreateOptions{})
	return steps(
		func() error { return refused("a role with more than one's own", role, apierrors.IsForbidden) },
		func() error { return refused("a binding to more than one's own", bound, apierrors.IsForbidden) },
	)
}

func certificates(ctx context.Context, s *session) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	request, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "joe", Organization: []string{"staff"}}}, key)
	if err != nil {
		return err
	}
	client := s.proto.CertificatesV1().CertificateSigningRequests()
	made, err := client.Create(ctx, &certificatesv1.CertificateSigningRequest{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "joe-"},
		Spec: certificatesv1.CertificateSigningRequestSpec{
			Request: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: request}), SignerName: certificatesv1.KubeAPIServerClientSignerName,
			Usages: []certificatesv1.KeyUsage{certificatesv1.UsageClientAuth},
		},
	}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	made.Status.Conditions = []certificatesv1.CertificateSigningRequestCondition{{Type: certificatesv1.CertificateApproved, Status: corev1.ConditionTrue, Reason: "Checked"}}
	approved, err := client.UpdateApproval(ctx, made.Name, made, metav1.UpdateOptions{})
	if err != nil {
		return err
	}
	if err := that(len(approved.Status.Conditions) == 1 && len(made.Spec.Groups) > 0, "%v", approved); err != nil {
		return err
	}
	return eventually(ctx, 15*time.Second, func() error {
		now, err := client.Get(ctx, made.Name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		return that(strings.HasPrefix(string(now.Status.Certificate), "-----BEGIN CERTIFICATE-----"), "not signed")
	})
}

func anonymous(ctx context.Context, s *session) error {
	nobody, err := withToken(s, "")
	if err != nil {
		return err
	}
	forger, err := withToken(s, "eyJhbGciOiJub25lIn0.e30.")
	if err != nil {
		return err
	}
	_, withNothing := nobody.CoreV1().Pods(s.namespace).List(ctx, metav1.ListOptions{})
	_, withForged := forger.CoreV1().Pods(s.namespace).List(ctx, metav1.ListOptions{})
	return steps(
		// AKS switches anonymous access off; upstream's default answers 403.
		func() error {
			return refused("pods to anybody", withNothing, func(err error) bool { return apierrors.IsUnauthorized(err) || apierrors.IsForbidden(err) })
		},
		func() error { return refused("a token without a signature", withForged, apierrors.IsUnauthorized) },
	)
}
