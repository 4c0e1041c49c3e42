using System.Globalization;
using System.Text;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>The environment of a tenant's container: what the tenant set, what every lease gets, and nothing that opens hardware.</summary>
internal static class ContainerEnvironment
{
    // A container toolkit would read these as "give me that device".
    private static readonly string[] DroppedPrefixes = ["NVIDIA_", "DOCKER_RESOURCE_"];

    /// <summary>Name and value pairs in the order in which they may refer to each other.</summary>
    /// <param name="tenant">Entries <c>NAME=value</c> or <c>NAME</c>; of duplicates the last wins.</param>
    /// <param name="lease">Its parts are told to the container.</param>
    /// <param name="publicHostName">Where the provider is reached; may be empty.</param>
    public static IReadOnlyList<KeyValuePair<string, string>> Build(IEnumerable<string> tenant, LeaseId lease, string publicHostName)
    {
        var variables = new List<KeyValuePair<string, string>>
        {
            new("AKASH_GROUP_SEQUENCE", Number(lease.Order.Gseq)),
            new("AKASH_DEPLOYMENT_SEQUENCE", Number(lease.Order.Dseq)),
            new("AKASH_ORDER_SEQUENCE", Number(lease.Order.Oseq)),
            new("AKASH_OWNER", lease.Owner.Value),
            new("AKASH_PROVIDER", lease.Provider.Value),
            new("AKASH_CLUSTER_PUBLIC_HOSTNAME", publicHostName),
        };
        foreach (var entry in tenant)
        {
            var equals = entry.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? entry : entry[..equals];
            if (name.Length == 0 || DroppedPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))) continue;
            variables.RemoveAll(variable => variable.Key == name);
            variables.Add(new(name, Expand(equals < 0 ? "" : entry[(equals + 1)..], variables)));
        }

        return variables;
    }

    /// <summary>Replaces <c>$(NAME)</c> by the variable's value; an unknown name stays as it is, and <c>$$</c> stands for one <c>$</c>.</summary>
    public static string Expand(string text, IReadOnlyList<KeyValuePair<string, string>> variables)
    {
        if (!text.Contains('$', StringComparison.Ordinal)) return text;
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '$' || i + 1 == text.Length)
            {
                result.Append(text[i]);
                continue;
            }

            if (text[i + 1] == '$')
            {
                result.Append('$');
                i++;
                continue;
            }

            var close = text[i + 1] == '(' ? text.IndexOf(')', i + 2) : -1;
            if (close > 0 && Find(text[(i + 2)..close], variables) is { } value)
            {
                result.Append(value);
                i = close;
                continue;
            }

            result.Append('$');
        }

        return result.ToString();
    }

    private static string? Find(string name, IReadOnlyList<KeyValuePair<string, string>> variables)
    {
        foreach (var variable in variables)
        {
            if (variable.Key == name) return variable.Value;
        }

        return null;
    }

    private static string Number(ulong value) => value.ToString(CultureInfo.InvariantCulture);
}
