using System.Text.Json.Nodes;
using ProviderAgent.Gateway.Tests.Fakes;

namespace ProviderAgent.Gateway.Tests.Authentication;

public sealed class LeaseAccessTests
{
    private static readonly JsonArray Matrix = Repository.VectorJson("gateway/jwt/authorization-matrix.json")["cases"]!.AsArray();

    [Fact]
    public void Allows_EveryGoldenCombination_HasTheKnownVerdict()
    {
        Assert.Equal(121, Matrix.Count);
        foreach (var one in Matrix)
        {
            var access = Access(one!["token"]?.GetValue<string>());
            var path = one["path"]!.GetValue<string>().Split('/');
            var scope = one["scope_checked"]?.GetValue<string>();
            var isMigration = path[2] == "migrate";
            (uint, uint)? lease = path[1] == "lease" ? (uint.Parse(path[3], null), uint.Parse(path[4], null)) : null;
            var dseq = isMigration ? 0 : ulong.Parse(path[2], null);

            var allowed = access.CoversProvider(Tokens.Provider) && access.Issuer is not null
                && (isMigration || access.Covers(Tokens.Provider, dseq, lease))
                && (scope is null || access.Allows(LeaseScopeNames.Find(scope)!.Value, Tokens.Provider, dseq, lease));

            Assert.Equal((one.ToJsonString(), one["result"]!.GetValue<string>() == "authorised"), (one.ToJsonString(), allowed));
        }
    }

    private static LeaseAccess Access(string? token)
    {
        if (token is null) return LeaseAccess.Anonymous;
        return new ClaimsReader(new Bech32Format()).TryRead(JwtToken.TryParse(Tokens.Get(token))!.Payload)!.Check(Tokens.Now)!;
    }
}
