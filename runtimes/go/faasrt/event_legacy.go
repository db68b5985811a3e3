package faasrt

import (
	"fmt"
	"regexp"
	"strings"
)

// What CloudEvents call Google's older types of events, and the services they belong to where the event does
// not say. From the mapping that Google publishes with the conformance tests of its Functions Framework.
var legacyTypes = map[string]string{
	"google.pubsub.topic.publish":                              "google.cloud.pubsub.topic.v1.messagePublished",
	"providers/cloud.pubsub/eventTypes/topic.publish":          "google.cloud.pubsub.topic.v1.messagePublished",
	"google.storage.object.finalize":                           "google.cloud.storage.object.v1.finalized",
	"google.storage.object.delete":                             "google.cloud.storage.object.v1.deleted",
	"google.storage.object.archive":                            "google.cloud.storage.object.v1.archived",
	"google.storage.object.metadataUpdate":                     "google.cloud.storage.object.v1.metadataUpdated",
	"providers/cloud.storage/eventTypes/object.change":         "google.cloud.storage.object.v1.finalized",
	"providers/cloud.firestore/eventTypes/document.write":      "google.cloud.firestore.document.v1.written",
	"providers/cloud.firestore/eventTypes/document.create":     "google.cloud.firestore.document.v1.created",
	"providers/cloud.firestore/eventTypes/document.update":     "google.cloud.firestore.document.v1.updated",
	"providers/cloud.firestore/eventTypes/document.delete":     "google.cloud.firestore.document.v1.deleted",
	"providers/firebase.auth/eventTypes/user.create":           "google.firebase.auth.user.v1.created",
	"providers/firebase.auth/eventTypes/user.delete":           "google.firebase.auth.user.v1.deleted",
	"providers/firebase.remoteConfig/remoteconfig.update":      "google.firebase.remoteconfig.remoteConfig.v1.updated",
	"providers/google.firebase.analytics/eventTypes/event.log": "google.firebase.analytics.log.v1.written",
	"providers/google.firebase.database/eventTypes/ref.create": "google.firebase.database.ref.v1.created",
	"providers/google.firebase.database/eventTypes/ref.write":  "google.firebase.database.ref.v1.written",
	"providers/google.firebase.database/eventTypes/ref.update": "google.firebase.database.ref.v1.updated",
	"providers/google.firebase.database/eventTypes/ref.delete": "google.firebase.database.ref.v1.deleted",
}

const (
	pubsubService    = "pubsub.googleapis.com"
	storageService   = "storage.googleapis.com"
	firestoreService = "firestore.googleapis.com"
	databaseService  = "firebasedatabase.googleapis.com"
	authService      = "firebaseauth.googleapis.com"
)

var legacyServices = []struct{ prefix, service string }{
	{"providers/cloud.firestore/", firestoreService},
	{"providers/google.firebase.analytics/", "firebase.googleapis.com"},
	{"providers/firebase.auth/", authService},
	{"providers/firebase.remoteConfig/", "firebaseremoteconfig.googleapis.com"},
	{"providers/google.firebase.database/", databaseService},
	{"providers/cloud.pubsub/", pubsubService},
	{"providers/cloud.storage/", storageService},
	{"google.pubsub", pubsubService},
	{"google.storage", storageService},
}

// How a resource is taken apart into the event's source and subject.
var legacyResources = map[string]string{
	"firebase.googleapis.com": `^(projects/[^/]+)/(events/[^/]+)$`,
	databaseService:           `^projects/_/(instances/[^/]+)/(refs/.+)$`,
	firestoreService:          `^(projects/[^/]+/databases/\(default\))/(documents/.+)$`,
	storageService:            `^(projects/_/buckets/[^/]+)/(objects/.+)$`,
}

var generation = pattern{text: `#[0-9]+$`}

// legacyEvent is one of Google's older events.
type legacyEvent struct {
	id, time, kind, service, resource, resourceType string
	data                                            interface{}
	domain                                          string
}

func member(object interface{}, name string) interface{} {
	fields, ok := object.(map[string]interface{})
	if !ok {
		return nil
	}
	return fields[name]
}

func textMember(object interface{}, name string) string {
	text, _ := member(object, name).(string)
	return text
}

func either(first, second string) string {
	if first != "" {
		return first
	}
	return second
}

// readLegacy takes {"context": {…}, "data": {…}}, the same without "context", and what a Pub/Sub subscription
// pushes: {"subscription": …, "message": {…}}. False where the body is none of them.
func readLegacy(body []byte, path string) (legacyEvent, bool, error) {
	var whole map[string]interface{}
	if err := decodeJSON(body, &whole); err != nil {
		return legacyEvent{}, false, fmt.Errorf("neither a CloudEvent nor an older event: the body is not a JSON object: %v", err)
	}
	if message, ok := whole["message"].(map[string]interface{}); ok && whole["data"] == nil {
		return legacyPush(message, path), true, nil
	}
	context := member(whole, "context")
	if context == nil {
		context = whole
	}
	resource := member(context, "resource")
	legacy := legacyEvent{
		id:           textMember(context, "eventId"),
		time:         textMember(context, "timestamp"),
		kind:         textMember(context, "eventType"),
		service:      textMember(resource, "service"),
		resource:     either(textMember(resource, "name"), textMember(context, "resource")),
		resourceType: textMember(resource, "type"),
		data:         whole["data"],
		domain:       textMember(whole, "domain"),
	}
	if legacy.data == nil || legacy.id == "" {
		return legacyEvent{}, false, nil
	}
	if legacy.service == "" {
		for _, row := range legacyServices {
			if strings.HasPrefix(legacy.kind, row.prefix) {
				legacy.service = row.service
				break
			}
		}
	}
	return legacy, true, nil
}

func legacyPush(message map[string]interface{}, path string) legacyEvent {
	topic := "UNKNOWN_PUBSUB_TOPIC"
	if found := regexp.MustCompile(`projects/[^/?]+/topics/[^/?]+`).FindString(path); found != "" {
		topic = found
	}
	return legacyEvent{
		id:           either(textMember(message, "messageId"), textMember(message, "message_id")),
		time:         either(textMember(message, "publishTime"), textMember(message, "publish_time")),
		kind:         "google.pubsub.topic.publish",
		service:      pubsubService,
		resource:     topic,
		resourceType: "type.googleapis.com/google.pubsub.v1.PubsubMessage",
		data: map[string]interface{}{
			"@type":      "type.googleapis.com/google.pubsub.v1.PubsubMessage",
			"data":       message["data"],
			"attributes": message["attributes"],
		},
	}
}

func eventFromLegacy(body []byte, path string) (event, error) {
	legacy, ok, err := readLegacy(body, path)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("unable to extract background event from %s", excerpt(body))
	}
	kind, known := legacyTypes[legacy.kind]
	if !known {
		return nil, fmt.Errorf("unable to find CloudEvent equivalent event type for %s", legacy.kind)
	}
	source, subject := legacy.resource, ""
	if pattern, there := legacyResources[legacy.service]; there {
		match := regexp.MustCompile(pattern).FindStringSubmatch(legacy.resource)
		if match == nil {
			return nil, fmt.Errorf("the resource '%s' is none of %s", legacy.resource, legacy.service)
		}
		source, subject = match[1], match[2]
	}
	one := event{"specversion": "1.0", "id": legacy.id, "type": kind, "datacontenttype": "application/json",
		"source": "//" + legacy.service + "/" + source, "data": legacy.data}
	if legacy.time != "" {
		one["time"] = legacy.time
	}
	switch legacy.service {
	case storageService:
		subject = generation.get().ReplaceAllString(subject, "")
	case pubsubService:
		message, ok := legacy.data.(map[string]interface{})
		if !ok {
			return nil, fmt.Errorf("a Pub/Sub event's 'data' must be an object")
		}
		message["messageId"] = legacy.id
		if legacy.time != "" {
			message["publishTime"] = legacy.time
		}
		one["data"] = map[string]interface{}{"message": message}
	case authService:
		rename(member(legacy.data, "metadata"), "createdAt", "createTime")
		rename(member(legacy.data, "metadata"), "lastSignedInAt", "lastSignInTime")
		if user := textMember(legacy.data, "uid"); user != "" {
			subject = "users/" + user
		}
	case databaseService:
		location := "us-central1"
		if legacy.domain != "firebaseio.com" {
			dot := strings.IndexByte(legacy.domain, '.')
			if dot < 0 {
				return nil, fmt.Errorf("a database event needs a 'domain' such as firebaseio.com, but has '%s'", legacy.domain)
			}
			location = legacy.domain[:dot]
		}
		one["source"] = "//" + legacy.service + "/projects/_/locations/" + location + "/" + source
	}
	if subject != "" {
		one["subject"] = subject
	}
	return one, nil
}

func rename(object interface{}, before, after string) {
	fields, ok := object.(map[string]interface{})
	if !ok {
		return
	}
	if value, there := fields[before]; there {
		delete(fields, before)
		fields[after] = value
	}
}

func excerpt(body []byte) string {
	const most = 200
	if len(body) > most {
		return string(body[:most]) + "…"
	}
	return string(body)
}
