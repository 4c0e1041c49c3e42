using System.Text.Json.Nodes;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway.Tests.Fakes;

/// <summary>The golden tokens and the accounts that made them.</summary>
internal static class Tokens
{
    private static readonly JsonNode Vectors = Repository.VectorJson("gateway/jwt/tokens.json");

    /// <summary>A token of the owner that allows everything and is valid at <see cref="Now"/>.</summary>
    public const string Full = "valid-full-ES256K";

    public static IReadOnlyList<JsonNode> All { get; } = [.. Vectors["tokens"]!.AsArray().Select(token => token!)];

    /// <summary>The time at which the verdicts hold.</summary>
    public static DateTimeOffset Now { get; } = DateTimeOffset.FromUnixTimeSeconds(Vectors["verify_at_unix"]!.GetValue<long>());

    public static AccountAddress Provider { get; } = AccountAddress.Parse(Vectors["this_provider"]!.GetValue<string>());

    public static AccountAddress Owner { get; } = Account("owner");

    public static AccountAddress Other { get; } = Account("other");

    public static string Get(string name) => All.Single(token => token["name"]!.GetValue<string>() == name)["token"]!.GetValue<string>();

    /// <summary>Puts the keys on the market that are there in the vectors.</summary>
    public static void Register(FakeMarketplace market)
    {
        var accounts = Repository.VectorJson("gateway/jwt/keys.json")["accounts"]!;
        foreach (var name in Vectors["on_chain_accounts"]!.AsArray().Select(name => name!.GetValue<string>()))
        {
            market.Keys[Account(name)] = Convert.FromHexString(accounts[name]!["pubkey_compressed_hex"]!.GetValue<string>());
        }
    }

    private static AccountAddress Account(string name) =>
        AccountAddress.Parse(Repository.VectorJson("gateway/jwt/keys.json")["accounts"]![name]!["address"]!.GetValue<string>());
}
