using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Finds every mistake in <c>bidding.lists</c>.</summary>
internal static class ListCheck
{
    private const int MaxLists = 50;

    public static void Check(IReadOnlyList<ListOptions> lists, ValidateOptionsResultBuilder errors)
    {
        if (lists.Count > MaxLists) errors.AddError($"at most {MaxLists} are possible, there are {lists.Count}", "bidding.lists");
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < lists.Count; i++)
        {
            var (list, key) = (lists[i], $"bidding.lists[{i}]");
            if (list.Name.Length is 0 or > 64) errors.AddError("must be 1 to 64 characters, it is shown in decisions", $"{key}.name");
            else if (!names.Add(list.Name)) errors.AddError($"'{list.Name}' is the name of another list", $"{key}.name");
            if (list.Entries.Count == 0 && list.File.Length == 0 && list.Url is null) errors.AddError("has no entries: give it entries, file or url", key);
            if (list.File.Length > 0 && !Path.IsPathRooted(list.File)) errors.AddError("must be an absolute path", $"{key}.file");
            if (list.Url is { } url && !SmallBody.IsAllowed(url)) errors.AddError("must be https, or http on this machine: whoever is on the way could decide whom we serve", $"{key}.url");
            if (list.Refresh < TimeSpan.FromSeconds(10) || list.Refresh > TimeSpan.FromDays(1)) errors.AddError($"must be 10s to 1d, was {list.Refresh}", $"{key}.refresh");
            if (list.Subject is not (ListSubject.Owner or ListSubject.Auditor)) continue;
            foreach (var entry in list.Entries.Where(entry => !AccountAddress.TryParse(entry, out _))) errors.AddError($"'{entry}' is not an account address", $"{key}.entries");
        }
    }
}
