package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	aks "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/containerservice/armcontainerservice/v6"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi"
	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const graphOrigin = "https://graph.microsoft.com"

func credentialChecks() []check {
	return []check{
		{Name: "credentials/client-secret", Run: signInWithSecret},
		{Name: "credentials/client-certificate", Run: signInWithCertificate},
		{Name: "credentials/workload-identity", Run: signInWithWorkloadIdentity},
		{Name: "credentials/azure-cli", Run: signInWithCLI},
		{Name: "credentials/wrong-secret", Run: refuseWrongSecret},
		{Name: "credentials/unknown-tenant", Run: refuseUnknownTenant},
		{Name: "credentials/endpoint", Run: atEndpoint},
	}
}

// reads makes sure that a credential is let in to the group of the check.
func (s *session) reads(ctx context.Context, credential azcore.TokenCredential) error {
	other, err := s.as(credential)
	if err != nil {
		return err
	}
	group, err := other.resources.NewResourceGroupsClient().Get(ctx, s.group, nil)
	if err != nil {
		return err
	}
	return equal("group", value(group.Name), s.group)
}

func signInWithSecret(ctx context.Context, s *session) error {
	credential, err := azidentity.NewClientSecretCredential(s.tenant, os.Getenv("AZURE_CLIENT_ID"), os.Getenv("AZURE_CLIENT_SECRET"), nil)
	if err != nil {
		return err
	}
	token, err := credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{"https://management.azure.com/.default"}})
	if err != nil {
		return err
	}
	if life := time.Until(token.ExpiresOn); life < 10*time.Minute {
		return fmt.Errorf("the token lives for %v", life)
	}
	return s.reads(ctx, credential)
}

func signInWithCertificate(ctx context.Context, s *session) error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: s.group},
		NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return err
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return err
	}
	application, err := s.graph(ctx, http.MethodPost, "/applications", map[string]any{
		"displayName": s.group,
		"keyCredentials": []any{map[string]any{
			"type": "AsymmetricX509Cert", "usage": "Verify", "key": base64.StdEncoding.EncodeToString(der),
		}},
	})
	if err != nil {
		return err
	}
	appID, _ := application["appId"].(string)
	principal, err := s.createPrincipal(ctx, appID)
	if err != nil {
		return err
	}
	if _, err := s.assign(ctx, s.groupID(), "Reader", principal); err != nil {
		return err
	}
	credential, err := azidentity.NewClientCertificateCredential(s.tenant, appID, []*x509.Certificate{certificate}, key, nil)
	if err != nil {
		return err
	}
	return s.reads(ctx, credential)
}

// signInWithWorkloadIdentity goes the way of a pod: the token of a service account, taken for one of an identity that trusts its cluster.
func signInWithWorkloadIdentity(ctx context.Context, s *session) error {
	cluster, err := s.createCluster(ctx, "issuer", nil)
	if err != nil {
		return err
	}
	kube, err := s.kubernetes(ctx, "issuer")
	if err != nil {
		return err
	}
	const audience = "api://AzureADTokenExchange"
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{Audiences: []string{audience}}}
	token, err := kube.CoreV1().ServiceAccounts("default").CreateToken(ctx, "default", request, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "azure-go-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "token")
	if err := os.WriteFile(file, []byte(token.Status.Token), 0o600); err != nil {
		return err
	}
	identity, err := s.createIdentity(ctx, "workload")
	if err != nil {
		return err
	}
	credential, err := azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{
		ClientID: value(identity.Properties.ClientID), TenantID: s.tenant, TokenFilePath: file,
	})
	if err != nil {
		return err
	}
	if err := s.reads(ctx, credential); err == nil {
		return errors.New("let in without a federation")
	}
	_, err = s.identities.NewFederatedIdentityCredentialsClient().CreateOrUpdate(ctx, s.group, "workload", "pod", armmsi.FederatedIdentityCredential{
		Properties: &armmsi.FederatedIdentityCredentialProperties{
			Issuer:    cluster.Properties.OidcIssuerProfile.IssuerURL,
			Subject:   to.Ptr("system:serviceaccount:default:default"),
			Audiences: []*string{to.Ptr(audience)},
		},
	}, nil)
	if err != nil {
		return err
	}
	if _, err := s.assign(ctx, s.groupID(), "Reader", value(identity.Properties.PrincipalID)); err != nil {
		return err
	}
	return s.reads(ctx, credential)
}

func signInWithCLI(ctx context.Context, s *session) error {
	credential, err := azidentity.NewAzureCLICredential(nil)
	if err != nil {
		return err
	}
	return s.reads(ctx, credential)
}

// atEndpoint goes without the proxy: the service's own port as a cloud of its own.
func atEndpoint(ctx context.Context, s *session) error {
	proxy, err := url.Parse(os.Getenv("HTTPS_PROXY"))
	if err != nil {
		return err
	}
	origin := "https://localhost:" + proxy.Port()
	options := azcore.ClientOptions{Cloud: cloud.Configuration{
		ActiveDirectoryAuthorityHost: origin,
		Services:                     map[cloud.ServiceName]cloud.ServiceConfiguration{cloud.ResourceManager: {Endpoint: origin, Audience: origin}},
	}}
	credential, err := azidentity.NewClientSecretCredential(s.tenant, os.Getenv("AZURE_CLIENT_ID"), os.Getenv("AZURE_CLIENT_SECRET"),
		&azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
	if err != nil {
		return err
	}
	client, err := aks.NewManagedClustersClient(s.subscription, credential, &arm.ClientOptions{ClientOptions: options})
	if err != nil {
		return err
	}
	poller, err := client.BeginCreateOrUpdate(ctx, s.group, "one", clusterBody("one", nil), nil)
	if _, err := done(ctx, poller, err); err != nil {
		return err
	}
	answer, err := client.ListClusterAdminCredentials(ctx, s.group, "one", nil)
	if err != nil {
		return err
	}
	kube, err := clientOf(answer.Kubeconfigs)
	if err != nil {
		return err
	}
	_, err = kube.Discovery().ServerVersion()
	return err
}

func refuseWrongSecret(ctx context.Context, s *session) error {
	credential, err := azidentity.NewClientSecretCredential(s.tenant, os.Getenv("AZURE_CLIENT_ID"), "wrong", nil)
	if err != nil {
		return err
	}
	return notAuthenticated(s.reads(ctx, credential), "AADSTS7000215")
}

func refuseUnknownTenant(ctx context.Context, s *session) error {
	credential, err := azidentity.NewClientSecretCredential("00000000-0000-4000-8000-00000000dead", os.Getenv("AZURE_CLIENT_ID"), "any", nil)
	if err != nil {
		return err
	}
	return notAuthenticated(s.reads(ctx, credential), "AADSTS90002")
}

func notAuthenticated(err error, code string) error {
	var failed *azidentity.AuthenticationFailedError
	if !errors.As(err, &failed) {
		return fmt.Errorf("expected the sign-in to fail, got %w", orNone(err))
	}
	if !bytes.Contains([]byte(failed.Error()), []byte(code)) {
		return fmt.Errorf("expected %s, got %w", code, err)
	}
	return nil
}

// graph sends one request to Microsoft Graph and gives the object that it answers with.
func (s *session) graph(ctx context.Context, method, path string, body any) (map[string]any, error) {
	tokens := runtime.NewBearerTokenPolicy(s.credential, []string{graphOrigin + "/.default"}, nil)
	pipeline := runtime.NewPipeline("azure-go", "v1.0.0", runtime.PipelineOptions{PerRetry: []policy.Policy{tokens}}, nil)
	request, err := runtime.NewRequest(ctx, method, graphOrigin+"/v1.0"+path)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	if err := request.SetBody(streaming.NopCloser(bytes.NewReader(text)), "application/json"); err != nil {
		return nil, err
	}
	response, err := pipeline.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if !runtime.HasStatusCode(response, http.StatusOK, http.StatusCreated) {
		return nil, runtime.NewResponseError(response)
	}
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	var object map[string]any
	return object, json.Unmarshal(answer, &object)
}

// createApplication makes an application of the check's name with a secret.
func (s *session) createApplication(ctx context.Context) (appID, secret string, err error) {
	made, err := s.graph(ctx, http.MethodPost, "/applications", map[string]any{"displayName": s.group})
	if err != nil {
		return "", "", err
	}
	appID, _ = made["appId"].(string)
	password, err := s.graph(ctx, http.MethodPost, "/applications(appId='"+appID+"')/addPassword", map[string]any{})
	secret, _ = password["secretText"].(string)
	return appID, secret, err
}

// createPrincipal lets an application act in the tenant, and gives its object id.
func (s *session) createPrincipal(ctx context.Context, appID string) (string, error) {
	principal, err := s.graph(ctx, http.MethodPost, "/servicePrincipals", map[string]any{"appId": appID})
	id, _ := principal["id"].(string)
	return id, err
}
