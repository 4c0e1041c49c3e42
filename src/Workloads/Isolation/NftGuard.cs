using System.Text;
using System.Text.Json;

namespace ProviderAgent.Workloads;

/// <summary>The firewall, driven from this process. For a daemon that runs as root; others go through the host helper.</summary>
/// <remarks>
/// What is loaded is known from the table itself: an empty chain is named after the policy it was made from and after a hash of the listing, handles
/// included. So a table that was flushed, deleted or replaced under our name is seen, and one that an earlier run left is taken over with all
/// its meters.
/// </remarks>
internal sealed class NftGuard(NftCommand nft, TimeProvider time) : INetworkGuard, IDisposable
{
    // Somebody else's "flush ruleset" leaves tenants unguarded for at most this long. One look takes nft about 5 ms.
    private static readonly TimeSpan RecheckAfter = TimeSpan.FromSeconds(3);

    // Elements that somebody took out of a set by hand come back within this.
    private static readonly TimeSpan RefreshAfter = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _one = new(1, 1);
    private string? _loaded;
    private long _checkedAt;
    private long _refreshedAt;
    private HashSet<string>? _bridges;

    public async Task<bool> EnsureAsync(NetworkGuardRules rules, CancellationToken ct)
    {
        rules.Check();
        var update = NftTable.Update(rules);
        var policy = NftTable.Policy(rules);
        var wanted = policy + update;
        await _one.WaitAsync(ct);
        try
        {
            var isFresh = time.GetElapsedTime(_checkedAt) < RecheckAfter;
            if (_loaded == wanted && isFresh) return false;
            var mark = await FindMarkAsync(policy, ct);
            if (mark is not null && _loaded == wanted && time.GetElapsedTime(_refreshedAt) < RefreshAfter)
            {
                _checkedAt = time.GetTimestamp();
                return false;
            }

            _loaded = null;
            var gone = mark is null ? [] : (_bridges ?? await ListBridgesAsync(ct)).Except(rules.Bridges).ToArray();
            // The mark goes in the same step as the change comes: a run that ends in between leaves a table that nobody trusts.
            await nft.ApplyAsync(mark is null ? NftTable.Load(rules) : $"delete chain inet {NetworkGuardRules.Table} {mark}\n{update}", ct);
            await MarkAsync(policy, ct);
            (_loaded, _bridges, _checkedAt, _refreshedAt) = (wanted, [.. rules.Bridges], time.GetTimestamp(), time.GetTimestamp());
            if (gone.Length > 0) await ForgetAsync(gone, ct);
            return mark is null;
        }
        finally
        {
            _one.Release();
        }
    }

    public async Task<IReadOnlyList<GuardCount>> ReadAsync(CancellationToken ct)
    {
        if (await nft.ListSetAsync(NftTable.TallySet, ct) is not { } json) throw new NetworkGuardException("the firewall's table is not loaded");
        var counts = new List<GuardCount>();
        foreach (var element in Elements(json))
        {
            // {"elem":{"val":{"concat":["lt-01234567","0x00000001"]},"counter":{"packets":1,"bytes":60}}}
            if (!element.TryGetProperty("elem", out var counted) || !counted.TryGetProperty("counter", out var counter)) continue;
            if (!counted.GetProperty("val").TryGetProperty("concat", out var key) || key.GetArrayLength() != 2) continue;
            if (key[0].GetString() is { } bridge && NetworkGuardRules.IsBridgeName(bridge) && Tally(key[1]) is { } tally)
                counts.Add(new(bridge, tally, counter.GetProperty("packets").GetInt64()));
        }

        return counts;
    }

    public void Dispose() => _one.Dispose();

    /// <summary>The table's mark; null unless the table is there, was made from this policy, and nobody has changed its rules since.</summary>
    private async Task<string?> FindMarkAsync(string policy, CancellationToken ct)
    {
        if (await nft.ListTableAsync(ct) is not { } listing) return null;
        var (marks, rest) = Split(listing);
        return marks.Count == 1 && marks[0] == Mark(policy, rest) ? marks[0] : null;
    }

    private async Task MarkAsync(string policy, CancellationToken ct)
    {
        if (await nft.ListTableAsync(ct) is not { } listing) throw new NetworkGuardException("the firewall's table was taken away while it was loaded");
        await nft.ApplyAsync($"add chain inet {NetworkGuardRules.Table} {Mark(policy, Split(listing).Rules)}\n", ct);
    }

    /// <summary>What was metered of leases that are over. A lease that another daemon still has begins anew.</summary>
    private async Task ForgetAsync(string[] bridges, CancellationToken ct)
    {
        foreach (var set in NftTable.Meters)
        {
            if (await nft.ListSetAsync(set, ct) is not { } json) continue;
            var script = new StringBuilder();
            foreach (var element in Elements(json))
            {
                var value = element.TryGetProperty("elem", out var metered) ? metered.GetProperty("val") : element;
                var key = value.ValueKind == JsonValueKind.String ? [value] : value.TryGetProperty("concat", out var concat) ? concat.EnumerateArray().ToArray() : [];
                if (key.Length == 0 || key[0].GetString() is not { } bridge || !bridges.Contains(bridge)) continue;
                var text = key.Length == 1 ? $"\"{bridge}\"" : Tally(key[1]) is { } tally ? $"\"{bridge}\" . {(int)tally}" : null;
                if (text is not null) script.Append(System.Globalization.CultureInfo.InvariantCulture, $"delete element inet {NetworkGuardRules.Table} {set} {{ {text} }}\n");
            }

            try
            {
                if (script.Length > 0) await nft.ApplyAsync(script.ToString(), ct);
            }
            catch (NetworkGuardException)
            {
                // The kernel drops idle meters by itself; one that went between list and deletion fails the rest, and they cost a few bytes.
            }
        }
    }

    private async Task<HashSet<string>> ListBridgesAsync(CancellationToken ct)
    {
        var bridges = new HashSet<string>(StringComparer.Ordinal);
        if (await nft.ListSetAsync(NftTable.LeaseSet, ct) is not { } json) return bridges;
        foreach (var element in Elements(json))
        {
            if (element.TryGetProperty("concat", out var pair) && pair[0].GetString() is { } bridge && NetworkGuardRules.IsBridgeName(bridge)) bridges.Add(bridge);
        }

        return bridges;
    }

    private static string Mark(string policy, string listing) => $"{NftTable.MarkPrefix}{policy}_{NftTable.Hash(listing)}";

    /// <summary>The names of the marking chains, and the listing without them.</summary>
    private static (List<string> Marks, string Rules) Split(string listing)
    {
        var marks = new List<string>();
        var rest = new StringBuilder(listing.Length);
        var lines = listing.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var words = lines[i].Split((char[]?)null, 3, StringSplitOptions.RemoveEmptyEntries);
            if (words is ["chain", var name, ..] && name.StartsWith(NftTable.MarkPrefix, StringComparison.Ordinal) && i + 1 < lines.Length && lines[i + 1].Trim() == "}")
            {
                marks.Add(name);
                i++;
            }
            else if (words.Length > 0)
            {
                rest.Append(lines[i]).Append('\n');
            }
        }

        return (marks, rest.ToString());
    }

    private static GuardTally? Tally(JsonElement key)
    {
        var text = key.ValueKind == JsonValueKind.Number ? key.GetRawText() : key.GetString() ?? "";
        var isHex = text.StartsWith("0x", StringComparison.Ordinal);
        return int.TryParse(isHex ? text[2..] : text, isHex ? System.Globalization.NumberStyles.AllowHexSpecifier : System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
            && Enum.IsDefined((GuardTally)number)
            ? (GuardTally)number
            : null;
    }

    /// <summary>The elements of the one set in nft's JSON.</summary>
    private static List<JsonElement> Elements(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var elements = new List<JsonElement>();
            foreach (var item in document.RootElement.GetProperty("nftables").EnumerateArray())
            {
                if (item.TryGetProperty("set", out var set) && set.TryGetProperty("elem", out var list)) elements.AddRange(list.EnumerateArray().Select(element => element.Clone()));
            }

            return elements;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new NetworkGuardException($"what nft lists cannot be read: {error.Message}", error);
        }
    }
}
