<?php
/**
 * Plugin Name:  Tribune
 * Description:  Tells Tribune about comments as they appear, change and go. Tribune answers and moderates through WordPress's own REST API.
 * Version:      1.0.0
 * Requires PHP: 7.4
 * License:      Apache-2.0
 *
 * Put this file into wp-content/mu-plugins/ and three lines into wp-config.php:
 *
 *     define( 'TRIBUNE_URL', 'https://…/webhooks/wordpress' );   // what the stack prints as WebhookUrl
 *     define( 'TRIBUNE_SECRET', 'whsec_…' );                      // the channel's verify.current
 *     define( 'TRIBUNE_SPACE', 'blog-garance' );                  // the account's id in Tribune's configuration
 *
 * Each event is a signed POST (Standard Webhooks 1.0.0). It leaves once the visitor has been answered; one that Tribune
 * did not take (anything but 2xx) is sent again by WP-Cron with the same id for about three days. No e-mail address
 * and no IP address ever leaves WordPress.
 *
 * @package Tribune
 */

defined( 'ABSPATH' ) || exit;

if ( ! defined( 'TRIBUNE_URL' ) || ! defined( 'TRIBUNE_SECRET' ) || ! defined( 'TRIBUNE_SPACE' ) ) {
	// The site goes on as if this file were not there; whoever looks after it is told.
	add_action( 'admin_notices', 'tribune_unconfigured' );
	return;
}

/** Seconds to wait before each repetition of an event that was not taken. */
const TRIBUNE_AGAIN = array( 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400 );

/** Comment meta: the hash of the words that Tribune was last told. A comment without it was never told. */
const TRIBUNE_TOLD = '_tribune_told';

/** What an administrator reads while the three lines are missing. */
function tribune_unconfigured() {
	if ( current_user_can( 'manage_options' ) ) {
		echo '<div class="notice notice-warning"><p>Tribune: define TRIBUNE_URL, TRIBUNE_SECRET and TRIBUNE_SPACE in wp-config.php. Until then no comment is told.</p></div>';
	}
}

// --- What happened -------------------------------------------------------------------------------------------------

add_action( 'wp_insert_comment', 'tribune_inserted', 10, 2 );
add_action( 'edit_comment', 'tribune_edited', 10, 1 );
add_action( 'transition_comment_status', 'tribune_moved', 10, 3 );
add_action( 'delete_comment', 'tribune_gone', 10, 2 );

/**
 * A comment was written. One that waits for the site's own moderation is told when somebody approves it.
 *
 * @param int        $id      Its id.
 * @param WP_Comment $comment The comment.
 */
function tribune_inserted( $id, $comment ) {
	if ( tribune_concerns( $comment ) && '1' === (string) $comment->comment_approved ) {
		tribune_tell_words( 'comment.created', $comment );
	}
}

/**
 * A comment was saved again, perhaps with other words.
 *
 * @param int $id Its id.
 */
function tribune_edited( $id ) {
	$comment = get_comment( $id );
	$told    = get_comment_meta( $id, TRIBUNE_TOLD, true );
	if ( $comment && $told && tribune_concerns( $comment ) && tribune_hash( $comment ) !== $told ) {
		tribune_tell_words( 'comment.edited', $comment );
	}
}

/**
 * A comment was approved, held, thrown away or taken back, here or through the REST API.
 *
 * @param string     $new     approved, unapproved, spam, trash or delete.
 * @param string     $old     The same.
 * @param WP_Comment $comment The comment.
 */
function tribune_moved( $new, $old, $comment ) {
	if ( ! tribune_concerns( $comment ) ) {
		return;
	}
	if ( ! get_comment_meta( $comment->comment_ID, TRIBUNE_TOLD, true ) ) {
		if ( 'approved' === $new ) {
			tribune_tell_words( 'comment.created', $comment );
		}
		return;
	}
	$told = array(
		'approved'   => 'comment.approved',
		'unapproved' => 'comment.held',
		'spam'       => 'comment.trashed',
		'trash'      => 'comment.trashed',
	);
	if ( isset( $told[ $new ] ) && $new !== $old ) {
		tribune_tell( $told[ $new ], $comment );
	}
}

/**
 * A comment is about to be deleted for good.
 *
 * @param int        $id      Its id.
 * @param WP_Comment $comment The comment.
 */
function tribune_gone( $id, $comment ) {
	if ( tribune_concerns( $comment ) && get_comment_meta( $id, TRIBUNE_TOLD, true ) ) {
		tribune_tell( 'comment.deleted', $comment );
	}
}

/**
 * Is it something a person said? Pingbacks and trackbacks are not.
 *
 * @param WP_Comment $comment The comment.
 */
function tribune_concerns( $comment ) {
	return in_array( $comment->comment_type, array( '', 'comment' ), true );
}

// --- What is told --------------------------------------------------------------------------------------------------

/**
 * Tell of new words, and remember which.
 *
 * @param string     $type    The event.
 * @param WP_Comment $comment The comment.
 */
function tribune_tell_words( $type, $comment ) {
	update_comment_meta( $comment->comment_ID, TRIBUNE_TOLD, tribune_hash( $comment ) );
	tribune_tell( $type, $comment );
}

/**
 * Tell of an event once this request has been answered.
 *
 * @param string     $type    The event.
 * @param WP_Comment $comment The comment.
 */
function tribune_tell( $type, $comment ) {
	$event = array(
		'id'   => 'wp-' . wp_generate_uuid4(),
		'body' => wp_json_encode(
			array(
				'type'      => $type,
				'timestamp' => tribune_now(),
				'data'      => tribune_data( $comment ),
			)
		),
	);
	add_action(
		'shutdown',
		function () use ( $event ) {
			if ( function_exists( 'fastcgi_finish_request' ) ) {
				fastcgi_finish_request();
			}
			tribune_send( $event );
		}
	);
}

/**
 * The comment as Tribune reads it.
 *
 * @param WP_Comment $comment The comment.
 */
function tribune_data( $comment ) {
	$root = tribune_root( $comment );
	$data = array(
		'id'         => tribune_id( $comment ),
		'space'      => TRIBUNE_SPACE,
		'text'       => tribune_words( $comment ),
		'url'        => get_comment_link( $comment ),
		'created_at' => mysql2date( 'c', $comment->comment_date_gmt . '+00:00', false ),
		'author'     => tribune_author( $comment ),
		'thread'     => array(
			'id'   => tribune_id( $root ),
			'post' => (string) $comment->comment_post_ID,
			'url'  => get_comment_link( $root ),
		),
	);
	if ( $comment->comment_parent ) {
		$data['parent_id'] = $comment->comment_post_ID . '_' . $comment->comment_parent;
	}
	return $data;
}

/**
 * Who said it: an id that stays the same, never an address. Whoever may moderate speaks for the house.
 *
 * @param WP_Comment $comment The comment.
 */
function tribune_author( $comment ) {
	$user  = (int) $comment->user_id;
	$email = strtolower( trim( $comment->comment_author_email ) );
	$id    = null;
	if ( $user ) {
		$id = 'user-' . $user;
	} elseif ( '' !== $email ) {
		$id = 'guest-' . substr( hash_hmac( 'sha256', $email, wp_salt() ), 0, 32 );
	}
	return array(
		'id'      => $id,
		'name'    => '' === $comment->comment_author ? null : $comment->comment_author,
		'is_self' => $user && user_can( $user, 'moderate_comments' ),
	);
}

/**
 * The comment that opened the thread.
 *
 * @param WP_Comment $comment The comment.
 */
function tribune_root( $comment ) {
	for ( $up = 0; $up < 50 && $comment->comment_parent; $up++ ) {
		$parent = get_comment( $comment->comment_parent );
		if ( ! $parent ) {
			break;
		}
		$comment = $parent;
	}
	return $comment;
}

/**
 * The comment's id with its post's: an answer needs both.
 *
 * @param WP_Comment $comment The comment.
 */
function tribune_id( $comment ) {
	return $comment->comment_post_ID . '_' . $comment->comment_ID;
}

/**
 * The words without markup.
 *
 * @param WP_Comment $comment The comment.
 */
function tribune_words( $comment ) {
	$text = preg_replace( '#<(br|/p|/li|/blockquote)\b[^>]*>#i', "\n", $comment->comment_content );
	return trim( html_entity_decode( wp_strip_all_tags( $text ), ENT_QUOTES | ENT_HTML5, 'UTF-8' ) );
}

/**
 * What stands for the words.
 *
 * @param WP_Comment $comment The comment.
 */
function tribune_hash( $comment ) {
	return hash( 'sha256', $comment->comment_content );
}

/** This instant, to the millisecond: two events of one second keep their order. */
function tribune_now() {
	$now = microtime( true );
	return gmdate( 'Y-m-d\TH:i:s', (int) $now ) . sprintf( '.%03dZ', (int) ( ( $now - (int) $now ) * 1000 ) );
}

add_action(
	'rest_api_init',
	function () {
		register_rest_field(
			'comment',
			'tribune',
			array(
				'get_callback' => function ( $prepared ) {
					return tribune_data( get_comment( $prepared['id'] ) );
				},
				'schema'       => array(
					'description' => 'The comment as Tribune reads it, for what a lost webhook did not tell.',
					'type'        => 'object',
					'context'     => array( 'edit' ),
				),
			)
		);
	}
);

// --- How it is sent ------------------------------------------------------------------------------------------------

add_action( 'tribune_again', 'tribune_send', 10, 2 );

/**
 * Send one event; what is not taken is sent again later, with the same id.
 *
 * @param array $event id and body.
 * @param int   $tried How often it was sent before.
 */
function tribune_send( $event, $tried = 0 ) {
	$answer = wp_remote_post(
		TRIBUNE_URL,
		array(
			'headers'     => tribune_signed( $event, time() ),
			'body'        => $event['body'],
			'timeout'     => 5,
			'redirection' => 0,
		)
	);
	$status = is_wp_error( $answer ) ? 0 : (int) wp_remote_retrieve_response_code( $answer );
	if ( $status >= 200 && $status < 300 ) {
		return;
	}
	if ( $tried < count( TRIBUNE_AGAIN ) ) {
		wp_schedule_single_event( time() + TRIBUNE_AGAIN[ $tried ], 'tribune_again', array( $event, $tried + 1 ) );
	} else {
		error_log( 'Tribune did not take the event ' . $event['id'] . ' (last status ' . $status . ').' ); // phpcs:ignore WordPress.PHP.DevelopmentFunctions.error_log_error_log -- the site's own log is where its owner looks.
	}
}

/**
 * The headers of Standard Webhooks: id, time, and a signature over both and the body.
 *
 * @param array $event id and body.
 * @param int   $time  Seconds since 1970.
 */
function tribune_signed( $event, $time ) {
	$key    = base64_decode( preg_replace( '/^whsec_/', '', TRIBUNE_SECRET ) ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions.obfuscation_base64_decode -- the format of the secret.
	$signed = hash_hmac( 'sha256', $event['id'] . '.' . $time . '.' . $event['body'], $key, true );
	return array(
		'Content-Type'      => 'application/json',
		'webhook-id'        => $event['id'],
		'webhook-timestamp' => (string) $time,
		'webhook-signature' => 'v1,' . base64_encode( $signed ), // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions.obfuscation_base64_encode -- the format of the signature.
	);
}
