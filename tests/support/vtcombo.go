// vtcombo with logins: Vitess's own vtcombo accepts everyone, so this one adds the auth server that vtgate has, with each
// method that it has. vitess_build.ts builds it in place of the main.go beside it there.
package main

import (
	"fmt"
	"net"
	"os"
	"strings"

	"github.com/spf13/pflag"
	"vitess.io/vitess/go/cmd/vtcombo/cli"
	"vitess.io/vitess/go/mysql"
	"vitess.io/vitess/go/vt/vtgate"
)

// everyMethod offers vtgate's methods one beside the other; a user's name says by which one it logs in.
type everyMethod struct {
	*mysql.AuthServerStatic
	methods []mysql.AuthMethod
}

func (server *everyMethod) AuthMethods() []mysql.AuthMethod { return server.methods }

// prefixed takes the users whose names begin with it, and with an empty one those that no other takes.
type prefixed string

var prefixes = []string{"sha2", "clear", "dialog"}

func (prefix prefixed) HandleUser(user string) bool {
	if prefix != "" {
		return strings.HasPrefix(user, string(prefix))
	}
	for _, other := range prefixes {
		if strings.HasPrefix(user, other) {
			return false
		}
	}
	return true
}

// coldCache knows nobody whose name ends in _cold, so that caching_sha2_password asks for the password itself.
type coldCache struct{ *mysql.AuthServerStatic }

func (cache coldCache) UserEntryWithCacheHash(
	conn *mysql.Conn, salt []byte, user string, response []byte, address net.Addr,
) (mysql.Getter, mysql.CacheState, error) {
	if strings.HasSuffix(user, "_cold") {
		return &mysql.StaticUserData{}, mysql.AuthNeedMoreData, nil
	}
	return cache.AuthServerStatic.UserEntryWithCacheHash(conn, salt, user, response, address)
}

func main() {
	var users string
	cli.Main.Flags().StringVar(&users, "users", "", "JSON file of users and passwords, as mysql-auth-server-static-file")
	cli.Main.SetGlobalNormalizationFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		return pflag.NormalizedName(strings.ReplaceAll(name, "_", "-"))
	})
	vtgate.RegisterPluginInitializer(func() {
		static := mysql.NewAuthServerStatic(users, "", 0)
		mysql.RegisterAuthServer("static", &everyMethod{static, []mysql.AuthMethod{
			mysql.NewMysqlNativeAuthMethod(static, prefixed("")),
			mysql.NewSha2CachingAuthMethod(coldCache{static}, static, prefixed("sha2")),
			mysql.NewMysqlClearAuthMethod(static, prefixed("clear")),
			mysql.NewMysqlDialogAuthMethod(static, prefixed("dialog"), ""),
		}})
	})
	if err := cli.Main.Execute(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
