namespace ProviderAgent.Devnet.Events;

/// <summary>Something that a transaction or a block reports: a type and its attributes, in the order in which they are shown.</summary>
internal sealed record ChainEvent(string Type, IReadOnlyList<EventAttribute> Attributes)
{
    public ChainEvent(string type, params ReadOnlySpan<(string Key, string Value)> attributes)
        : this(type, ToAttributes(attributes))
    {
    }

    /// <summary>The same event, marked with the number of the message that raised it.</summary>
    public ChainEvent OfMessage(int index) =>
        this with { Attributes = [.. Attributes, new("msg_index", index.ToString(System.Globalization.CultureInfo.InvariantCulture))] };

    private static EventAttribute[] ToAttributes(ReadOnlySpan<(string Key, string Value)> attributes)
    {
        var list = new EventAttribute[attributes.Length];
        for (var i = 0; i < list.Length; i++) list[i] = new(attributes[i].Key, attributes[i].Value);
        return list;
    }
}

/// <summary>Plain text on both sides; typed events hold JSON in the value.</summary>
internal readonly record struct EventAttribute(string Key, string Value);
