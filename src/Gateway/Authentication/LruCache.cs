using System.Diagnostics.CodeAnalysis;

namespace ProviderAgent.Gateway;

/// <summary>Keeps the most recently used entries, at most <paramref name="capacity"/>. Safe to use concurrently.</summary>
internal sealed class LruCache<TKey, TValue>(int capacity)
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _entries = [];
    private readonly LinkedList<(TKey Key, TValue Value)> _byUse = new();

    public int Count
    {
        get
        {
            lock (_gate) return _entries.Count;
        }
    }

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out var node))
            {
                _byUse.Remove(node);
                _byUse.AddFirst(node);
                value = node.Value.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    public void Set(TKey key, TValue value)
    {
        lock (_gate)
        {
            Drop(key);
            _entries[key] = _byUse.AddFirst((key, value));
            if (_byUse.Last is { } oldest && _entries.Count > capacity) Drop(oldest.Value.Key);
        }
    }

    public void Remove(TKey key)
    {
        lock (_gate) Drop(key);
    }

    private void Drop(TKey key)
    {
        if (_entries.Remove(key, out var node)) _byUse.Remove(node);
    }
}
