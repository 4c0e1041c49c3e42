using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway;

/// <summary>The query of a log request.</summary>
/// <param name="Follow">Goes on with new lines.</param>
/// <param name="Tail">Latest lines of each instance; null for all.</param>
/// <param name="Services">Empty for all.</param>
internal sealed record LogQuery(bool Follow, int? Tail, ValueList<string> Services)
{
    // A lease has no more services than a manifest may hold in a group.
    private const int MaxServices = 256;

    /// <summary>Reads the query; the problem when it is wrong.</summary>
    public static string? TryRead(IQueryCollection query, out LogQuery read)
    {
        read = new(false, null, ValueList.Create<string>([]));
        if (!TryFlag(query["follow"], out var follow)) return $"parameter \"follow\" must be true or false";
        if (!TryTail(query["tail"], out var tail)) return "parameter \"tail\" must be a whole number of at least -1";

        // The reference provider reads the first name, its own tool sends the second.
        var services = new List<string>();
        foreach (var name in (string[])["service", "services"])
        {
            var list = Last(query[name]);
            if (list.Length == 0) continue;
            if (list.EndsWith(',')) return $"parameter \"{name}\" must not contain trailing comma";
            services.AddRange(list.Split(','));
        }

        if (services.Count > MaxServices) return $"no more than {MaxServices} services can be named";
        read = new(follow, tail, services.Distinct(StringComparer.Ordinal).ToValueList());
        return null;
    }

    private static bool TryFlag(StringValues values, out bool flag)
    {
        flag = false;
        if (values.Count == 0) return true;
        switch (Last(values))
        {
            case "1" or "t" or "T" or "true" or "TRUE" or "True":
                flag = true;
                return true;
            case "0" or "f" or "F" or "false" or "FALSE" or "False":
                return true;
            default:
                return false;
        }
    }

    private static bool TryTail(StringValues values, out int? tail)
    {
        tail = null;
        if (values.Count == 0) return true;
        if (!long.TryParse(Last(values), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var lines) || lines < -1) return false;
        tail = lines < 0 ? null : (int)Math.Min(lines, int.MaxValue);
        return true;
    }

    private static string Last(StringValues values) => values.Count == 0 ? "" : values[^1] ?? "";
}
