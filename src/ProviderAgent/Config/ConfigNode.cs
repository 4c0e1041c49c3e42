namespace ProviderAgent.Config;

/// <summary>A piece of configuration with the place it came from. Text stays text until an option's type says what it means.</summary>
internal abstract record ConfigNode(string Source)
{
    /// <param name="Source">Where it stands.</param>
    /// <param name="Text">The value as written, without quotes.</param>
    /// <param name="IsNull">Written as nothing, <c>~</c> or <c>null</c> without quotes.</param>
    public sealed record Scalar(string Source, string Text, bool IsNull) : ConfigNode(Source);

    public sealed record List(string Source, IReadOnlyList<ConfigNode> Items) : ConfigNode(Source);

    /// <summary>Keys in the order of the file; unique.</summary>
    public sealed record Map(string Source, IReadOnlyList<ConfigEntry> Entries) : ConfigNode(Source)
    {
        public ConfigNode? Find(string key)
        {
            foreach (var entry in Entries)
            {
                if (entry.Key == key) return entry.Value;
            }

            return null;
        }

        /// <summary>The same map with <paramref name="value"/> at a dotted path; maps on the way are made when missing.</summary>
        public Map With(ReadOnlySpan<string> path, ConfigNode value)
        {
            var child = path.Length == 1
                ? value
                : (Find(path[0]) as Map ?? new Map(value.Source, [])).With(path[1..], value);
            var key = path[0];
            return this with { Entries = [.. Entries.Where(entry => entry.Key != key), new(key, value.Source, child)] };
        }
    }
}

/// <param name="Key">The key.</param>
/// <param name="Source">Where the key stands.</param>
/// <param name="Value">Its value.</param>
internal readonly record struct ConfigEntry(string Key, string Source, ConfigNode Value);
