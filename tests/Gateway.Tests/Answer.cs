namespace ProviderAgent.Gateway.Tests;

/// <summary>Checks of whole answers.</summary>
internal static class Answer
{
    public static async Task IsTextAsync(HttpResponseMessage response, int status, string body)
    {
        Assert.Equal((status, body), ((int)response.StatusCode, await response.Content.ReadAsStringAsync()));
        if (body.Length == 0) return;
        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
    }

    public static async Task IsMessageAsync(HttpResponseMessage response, int status, string message)
    {
        Assert.Equal((status, $$"""{"message":"{{message}}"}"""), ((int)response.StatusCode, await response.Content.ReadAsStringAsync()));
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
    }

    public static async Task IsJsonAsync(HttpResponseMessage response, string json)
    {
        Assert.Equal((200, json), ((int)response.StatusCode, await response.Content.ReadAsStringAsync()));
        Assert.Equal("application/json; charset=UTF-8", response.Content.Headers.ContentType?.ToString());
    }
}
