package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"sort"
	"strings"
)

// block is a resource of a configuration, as the provider works on it.
type block[T any] struct {
	// id is what the state keeps, spelled as the provider spells it.
	id string
	// body is what the provider makes of the configuration.
	body   T
	get    func(context.Context) (*http.Response, *T, error)
	put    func(context.Context, T) error
	remove func(context.Context) error
	// absent are attributes that the configuration leaves out and the provider does not compute: paths that must show nothing,
	// or what means nothing (false, zero, an empty list).
	absent []string
	// computed are members of the body that the service may show otherwise than sent.
	computed []string
	changes  []change[T]
}

// change is one more run of `terraform apply`.
type change[T any] struct {
	name string
	// edit changes the body; the provider reads, edits and puts back, unless `apply` says otherwise.
	edit  func(*T)
	apply func(context.Context) error
}

var errGone = errors.New("not found")

// read is one refresh.
func (b block[T]) read(ctx context.Context) (*T, error) {
	response, model, err := b.get(ctx)
	if status(response) == http.StatusNotFound {
		return nil, errGone
	}
	if err != nil {
		return nil, err
	}
	if model == nil {
		return nil, fmt.Errorf("%d without a model", status(response))
	}
	return model, nil
}

// create refuses to take over what exists, then creates and plans again.
func (b block[T]) create(ctx context.Context) error {
	if _, err := b.read(ctx); !errors.Is(err, errGone) {
		return fmt.Errorf("requires import: %w", errors.Join(err, errors.New("something is there")))
	}
	if err := b.put(ctx, b.body); err != nil {
		return fmt.Errorf("create: %w", err)
	}
	if err := b.plan(ctx); err != nil {
		return fmt.Errorf("after create: %w", err)
	}
	return nil
}

// plan reads twice: both must be what the configuration says.
func (b block[T]) plan(ctx context.Context) error {
	first, err := b.read(ctx)
	if err != nil {
		return err
	}
	second, err := b.read(ctx)
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(first, second) {
		return fmt.Errorf("a refresh changes %v", differences(plain(first), plain(second), ""))
	}
	shown := plain(first)
	found := differences(without(plain(b.body), b.computed), shown, "")
	if shown["id"] != b.id {
		found = append(found, fmt.Sprintf("id %s is %v", b.id, shown["id"]))
	}
	for _, path := range b.absent {
		if value := at(shown, path); !isNothing(value) {
			found = append(found, fmt.Sprintf("%s: unset is %v", path, value))
		}
	}
	return that(len(found) == 0, "plan: %s", strings.Join(found, "; "))
}

func (b block[T]) update(ctx context.Context, c change[T]) error {
	if c.apply != nil {
		return c.apply(ctx)
	}
	existing, err := b.read(ctx)
	if err != nil {
		return err
	}
	c.edit(existing)
	return b.put(ctx, *existing)
}

func (b block[T]) destroy(ctx context.Context) error {
	if err := b.remove(ctx); err != nil {
		return fmt.Errorf("destroy: %w", err)
	}
	if _, err := b.read(ctx); !errors.Is(err, errGone) {
		return fmt.Errorf("destroyed: %w", errors.Join(err, errors.New("still there")))
	}
	return nil
}

// live takes a resource through its whole life.
func (b block[T]) live(ctx context.Context) error {
	if err := b.create(ctx); err != nil {
		return err
	}
	if err := b.change(ctx); err != nil {
		return err
	}
	return b.destroy(ctx)
}

// change applies one change after the other.
func (b block[T]) change(ctx context.Context) error {
	for _, c := range b.changes {
		if err := b.update(ctx, c); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		if c.edit != nil {
			c.edit(&b.body)
		}
		if err := b.plan(ctx); err != nil {
			return fmt.Errorf("after %s: %w", c.name, err)
		}
	}
	return nil
}

// plain is a model as the JSON that it stands for.
func plain(model any) map[string]any {
	text, err := json.Marshal(model)
	if err != nil {
		panic(err)
	}
	var value map[string]any
	if err := json.Unmarshal(text, &value); err != nil {
		panic(err)
	}
	return value
}

// isNothing tells what Terraform takes for a value that is not set.
func isNothing(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case bool:
		return !v
	case float64:
		return v == 0
	case []any:
		return len(v) == 0
	case map[string]any:
		for _, member := range v {
			if !isNothing(member) {
				return false
			}
		}
		return true
	}
	return false
}

// differences are members of `sent` that `shown` has otherwise; what is nothing means "the service's default", but for false.
func differences(sent, shown any, path string) []string {
	if object, ok := sent.(map[string]any); ok && len(object) > 0 {
		members, _ := shown.(map[string]any)
		var found []string
		for name, value := range object {
			found = append(found, differences(value, members[name], path+"."+name)...)
		}
		sort.Strings(found)
		return found
	}
	if list, ok := sent.([]any); ok && len(list) > 0 {
		items, _ := shown.([]any)
		if len(items) != len(list) {
			return []string{fmt.Sprintf("%s: %v is %v", path, sent, shown)}
		}
		var found []string
		for i, value := range list {
			found = append(found, differences(value, items[i], fmt.Sprintf("%s[%d]", path, i))...)
		}
		return found
	}
	if isNothing(sent) && (sent != false || isNothing(shown)) || reflect.DeepEqual(sent, shown) {
		return nil
	}
	return []string{fmt.Sprintf("%s: %v is %v", path, sent, shown)}
}

// at is the value at a dotted path; a number picks from a list.
func at(value any, path string) any {
	for name := range strings.SplitSeq(path, ".") {
		switch v := value.(type) {
		case map[string]any:
			value = v[name]
		case []any:
			var index int
			if _, err := fmt.Sscanf(name, "%d", &index); err != nil || index >= len(v) {
				return nil
			}
			value = v[index]
		default:
			return nil
		}
	}
	return value
}

// without takes the values at the paths out of an object.
func without(object map[string]any, paths []string) map[string]any {
	for _, path := range paths {
		cut := strings.LastIndex(path, ".")
		parent := any(object)
		if cut >= 0 {
			parent = at(object, path[:cut])
		}
		if members, ok := parent.(map[string]any); ok {
			delete(members, path[cut+1:])
		}
	}
	return object
}
