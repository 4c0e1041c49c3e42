namespace ProviderAgent.Bidding;

/// <summary>Section <c>pricing.follow</c>: go along with what others win orders with.</summary>
public sealed class FollowOptions
{
    /// <summary>Whether prices follow those of winners at all. Only for the policies <c>rates</c> and <c>scale</c>.</summary>
    /// <value>Default false.</value>
    public bool Enabled { get; set; }

    /// <summary>How far below the winners' usual price to go, as a part of it.</summary>
    /// <value>Default 0.01; 0 to 0.5.</value>
    public decimal Undercut { get; set; } = 0.01m;

    /// <summary>The least that our own price is multiplied by.</summary>
    /// <value>Default 0.8; above 0, at most 1.</value>
    public decimal Min { get; set; } = 0.8m;

    /// <summary>The most that our own price is multiplied by.</summary>
    /// <value>Default 1.2; 1 to 10.</value>
    public decimal Max { get; set; } = 1.2m;

    /// <summary>How far back orders count.</summary>
    /// <value>Default 7 d; 1 h to 90 d.</value>
    public TimeSpan Window { get; set; } = TimeSpan.FromDays(7);

    /// <summary>With fewer orders of a kind than this nothing changes.</summary>
    /// <value>Default 10; 1 to 200.</value>
    public int Samples { get; set; } = 10;
}
