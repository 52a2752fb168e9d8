// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

// readOwners parses the three buckets; a missing one is empty. Users are numbers
// here, although lists and responses to updates contain objects.
func readOwners(value any, errs fieldErrors) Owners {
	var owners Owners
	buckets, ok := value.(object)
	if !ok {
		errs.add("owners", "The owners must be an array.")
		return owners
	}
	for _, name := range []string{"users", "guests", "groups"} {
		if isEmpty(buckets[name]) {
			continue
		}
		members, ok := buckets[name].([]any)
		if !ok {
			errs.add("owners."+name, "The owners."+name+" must be an array.")
			continue
		}
		for _, member := range members {
			id, isInteger := asInteger(member)
			text, isText := member.(string)
			switch {
			case name == "users" && isInteger:
				owners.Users = append(owners.Users, id)
			case name == "users":
				errs.add("owners.users", "The owners.users must hold integers.")
			case !isText:
				errs.add("owners."+name, "The owners."+name+" must hold strings.")
			case name == "guests":
				owners.Guests = append(owners.Guests, text)
			default:
				owners.Groups = append(owners.Groups, text)
			}
		}
	}
	return owners
}
