namespace BackupModule.Tests.Servers.Gcs;

/// <summary>The requests that the fake of the JSON API knows.</summary>
public enum GcsCall
{
    /// <summary>An upload with one request, multipart or media.</summary>
    Upload,

    /// <summary>The start of a resumable upload.</summary>
    Start,

    /// <summary>A chunk of a resumable upload.</summary>
    Chunk,

    /// <summary>The question how far a resumable upload has come.</summary>
    Progress,

    /// <summary>A read of content.</summary>
    Read,

    /// <summary>A question for metadata.</summary>
    Look,

    /// <summary>A page of a listing.</summary>
    List,

    /// <summary>A removal.</summary>
    Delete,

    /// <summary>The exchange of credentials for a token.</summary>
    Token,
}
