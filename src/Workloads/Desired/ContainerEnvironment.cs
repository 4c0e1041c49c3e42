using System.Globalization;
using System.Text;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>The environment of a tenant's container: what the tenant set, what every lease gets, and nothing that opens hardware.</summary>
internal static class ContainerEnvironment
{
    // A container toolkit would read these as "give me that device".
    private static readonly string[] DroppedPrefixes = ["NVIDIA_", "DOCKER_RESOURCE_"];

    /// <summary>Longest variable or argument, in UTF-8 bytes: the kernel's MAX_ARG_STRLEN (32 pages of 4 KiB), less the byte that ends it. A container with a longer one cannot start.</summary>
    public const int MaxTextBytes = (128 * 1024) - 1;

    /// <summary>All variables and arguments of a container together, in UTF-8 bytes: what the kernel takes with the usual limit of a stack, 8 MiB (a quarter of it).</summary>
    public const int MaxTotalBytes = 2 * 1024 * 1024;

    /// <summary>Name and value pairs in the order in which they may refer to each other.</summary>
    /// <param name="tenant">Entries <c>NAME=value</c> or <c>NAME</c>; of duplicates the last wins.</param>
    /// <param name="lease">Its parts are told to the container.</param>
    /// <param name="publicHostName">Where the provider is reached; may be empty.</param>
    /// <exception cref="UnsupportedManifestException">A value, or all of them together, grows too long once its references are replaced.</exception>
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
        var left = MaxTotalBytes;
        foreach (var entry in tenant)
        {
            var equals = entry.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? entry : entry[..equals];
            if (name.Length == 0 || DroppedPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))) continue;
            variables.RemoveAll(variable => variable.Key == name);
            var value = Expand(equals < 0 ? "" : entry[(equals + 1)..], variables, name);
            variables.Add(new(name, value));
            var length = Encoding.UTF8.GetByteCount(name) + 1 + Encoding.UTF8.GetByteCount(value);
            if (length > MaxTextBytes) throw TooLong(name);
            left -= length;
            if (left < 0) throw new UnsupportedManifestException($"all environment variables together are longer than {MaxTotalBytes} bytes once $(NAME) is replaced, which no program can be started with: shorten them");
        }

        return variables;
    }

    /// <summary>Replaces <c>$(NAME)</c> by the variable's value; an unknown name stays as it is, and <c>$$</c> stands for one <c>$</c>.</summary>
    /// <param name="text">What the tenant wrote.</param>
    /// <param name="variables">What may be referred to.</param>
    /// <param name="what">Name of the text, for a refusal.</param>
    /// <exception cref="UnsupportedManifestException">It is longer than <see cref="MaxTextBytes"/>: each reference may double what it refers to, so that a few lines could fill the memory.</exception>
    public static string Expand(string text, IReadOnlyList<KeyValuePair<string, string>> variables, string what)
    {
        var expanded = text.Contains('$', StringComparison.Ordinal) ? Replace(text, variables) : text;
        return expanded is not null && Encoding.UTF8.GetByteCount(expanded) <= MaxTextBytes
            ? expanded
            : throw TooLong(what);
    }

    private static UnsupportedManifestException TooLong(string what) =>
        new($"'{(what.Length <= 100 ? what : what[..100] + "…")}' is longer than {MaxTextBytes} bytes once $(NAME) is replaced, which no program can be started with: shorten it");

    /// <returns>Null as soon as it grows too long.</returns>
    private static string? Replace(string text, IReadOnlyList<KeyValuePair<string, string>> variables)
    {
        var result = new StringBuilder(Math.Min(text.Length, MaxTextBytes));
        for (var i = 0; i < text.Length; i++)
        {
            if (result.Length > MaxTextBytes) return null;
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
