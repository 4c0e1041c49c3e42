namespace ProviderAgent.Gateway.Tests.Authentication;

public sealed class LruCacheTests
{
    [Fact]
    public void LruCache_OverCapacity_DropsTheLeastRecentlyUsed()
    {
        var cache = new LruCache<int, string>(2);
        cache.Set(1, "a");
        cache.Set(2, "b");
        Assert.True(cache.TryGet(1, out _));

        cache.Set(3, "c");
        cache.Set(3, "d");

        Assert.Equal(2, cache.Count);
        Assert.False(cache.TryGet(2, out _));
        Assert.True(cache.TryGet(1, out _));
        Assert.True(cache.TryGet(3, out var value));
        Assert.Equal("d", value);
    }
}
